CREATE FEATURE VIEW v ENTITY card_id AS
SELECT FILTER (WHERE ok) OVER (GLOBAL) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_filter_alone.sql:2:26: OVER must follow an aggregate
--     SELECT FILTER (WHERE ok) OVER (GLOBAL) AS n
--                              ^^^^
--     hint: sum(x) OVER w
