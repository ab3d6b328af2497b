CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER (w) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_over_brackets_name.sql:2:26: unknown kind of window w
--     SELECT sum(amount) OVER (w) AS n
--                              ^
--     hint: a declared window: OVER w
