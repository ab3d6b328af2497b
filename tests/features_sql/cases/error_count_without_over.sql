CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_count_without_over.sql:2:8: count is an aggregate: it needs OVER and a window
--     SELECT count(*) AS n
--            ^^^^^
--     hint: sum(x) OVER w
