CREATE FEATURE VIEW v ENTITY card_id AS
SELECT (amount) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_over_after_brackets.sql:2:17: OVER must follow an aggregate
--     SELECT (amount) OVER w AS n
--                     ^^^^
--     hint: sum(x) OVER w
