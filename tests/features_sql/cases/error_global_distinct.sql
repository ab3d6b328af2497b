CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(DISTINCT amount) OVER (RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_global_distinct.sql:2:8: sum over all history would be computed anew for each event
--     SELECT sum(DISTINCT amount) OVER (RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n
--            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: choose a window with a length, or allow it: WITH ('recompute' = 'allowed')
