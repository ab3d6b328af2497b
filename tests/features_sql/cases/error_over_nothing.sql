CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_over_nothing.sql:2:25: expected a window; got AS
--     SELECT sum(amount) OVER AS n
--                             ^^
--     hint: OVER w, or OVER (SLIDING SIZE 5 MINUTES)
