CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT WHEN n + 1;
-- expected:
-- error_when_not_boolean.sql:5:11: a condition must be BOOLEAN; got BIGINT
--     EMIT WHEN n + 1;
--               ^^^^^
