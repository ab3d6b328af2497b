CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n, last(merchant_id) OVER w AS shop
FROM transactions
WINDOW w AS (GLOBAL)
EMIT WHEN shop > INTERVAL 1 HOUR;
-- expected:
-- error_when_wrong_type.sql:5:11: cannot compare values of type VARCHAR and type INTERVAL - an explicit cast is required
--     EMIT WHEN shop > INTERVAL 1 HOUR;
--               ^^^^^^^^^^^^^^^^^^^^^^
