CREATE FEATURE VIEW v ENTITY card_id AS
SELECT last_n(DISTINCT amount, 3) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_own_distinct.sql:2:8: last_n takes no DISTINCT
--     SELECT last_n(DISTINCT amount, 3) OVER w AS n
--            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: last_n(x, 10) OVER w
