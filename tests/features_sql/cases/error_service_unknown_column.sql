CREATE FEATURE SERVICE s AS
SELECT c.txns_5
FROM card_velocity c;
-- expected:
-- error_service_unknown_column.sql:2:8: card_velocity has no column txns_5
--     SELECT c.txns_5
--            ^^^^^^^^
--     hint: did you mean txns_5m?
