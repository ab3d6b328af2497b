CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER () AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_over_empty.sql:2:26: expected a kind of window; got )
--     SELECT sum(amount) OVER () AS n
--                              ^
--     hint: a window is, for example, (SLIDING SIZE 5 MINUTES)
