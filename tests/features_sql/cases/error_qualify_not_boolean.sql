CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
QUALIFY n
EMIT ON EVENT;
-- expected:
-- error_qualify_not_boolean.sql:5:9: a condition must be BOOLEAN; got BIGINT
--     QUALIFY n
--             ^
