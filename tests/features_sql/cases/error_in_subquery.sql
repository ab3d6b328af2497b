CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount IN (SELECT 1) AS odd
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_in_subquery.sql:2:18: subqueries are not part of the language
--     SELECT amount IN (SELECT 1) AS odd
--                      ^^^^^^^^^^
--     hint: join the table: ASOF LEFT JOIN
