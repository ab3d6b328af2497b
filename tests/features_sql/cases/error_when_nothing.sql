CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT WHEN;
-- expected:
-- error_when_nothing.sql:5:9: expected a condition; the statement ends here
--     EMIT WHEN;
--             ^
--     hint: EMIT WHEN payments > 10
