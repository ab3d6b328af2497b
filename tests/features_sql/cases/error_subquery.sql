CREATE FEATURE VIEW v ENTITY card_id AS
SELECT (SELECT max(amount) FROM transactions) AS top
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_subquery.sql:2:8: subqueries are not part of the language
--     SELECT (SELECT max(amount) FROM transactions) AS top
--            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: join the table: ASOF LEFT JOIN
