CREATE FEATURE SERVICE s AS
SELECT u.txns_5m
FROM (SELECT txns_5m FROM card_velocity UNION ALL SELECT txns_5m FROM card_velocity) u;
-- expected:
-- error_union_in_service.sql:3:6: subqueries are not part of the language
--     FROM (SELECT txns_5m FROM card_velocity UNION ALL SELECT txns_5m FROM card_velocity) u;
--          ^
--     hint: FROM names a feature view
