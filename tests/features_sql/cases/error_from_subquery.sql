CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM (SELECT * FROM transactions) t
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_from_subquery.sql:3:6: subqueries are not part of the language
--     FROM (SELECT * FROM transactions) t
--          ^
--     hint: FROM names a source or a view
