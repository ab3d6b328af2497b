CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS payments
FROM transactions
WINDOW w AS (GLOBAL)
EMIT WHEN paymens > 3;
-- expected:
-- error_when_unknown_feature.sql:5:11: unknown feature paymens
--     EMIT WHEN paymens > 3;
--               ^^^^^^^
--     hint: did you mean payments?
