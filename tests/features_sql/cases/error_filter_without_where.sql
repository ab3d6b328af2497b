CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) FILTER (ok) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_filter_without_where.sql:2:25: expected WHERE; got ok
--     SELECT count(*) FILTER (ok) OVER w AS n
--                             ^^
--     hint: FILTER (WHERE condition)
