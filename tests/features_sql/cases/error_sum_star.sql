CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_sum_star.sql:2:12: * may stand only in count(*) and rate(*, ...)
--     SELECT sum(*) OVER w AS n
--                ^
--     hint: name the column
