CREATE FEATURE SERVICE s AS SELECT c.txns_5m FROM card_velocity c;
CREATE FEATURE VIEW v ENTITY card_id AS SELECT max(txns_5m) OVER (GLOBAL) AS n
FROM s;
-- expected:
-- error_view_over_service.sql:3:6: s is a feature service: a view reads a source or a view
--     FROM s;
--          ^
