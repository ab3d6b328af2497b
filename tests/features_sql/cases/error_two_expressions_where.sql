CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WHERE ok, ok
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_two_expressions_where.sql:4:9: expected one expression as a condition; got ,
--     WHERE ok, ok
--             ^
