CREATE FEATURE VIEW v ENTITY card_id AS
SELECT mad(amount) OVER life AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_global_recompute.sql:2:8: mad over all history would be computed anew for each event
--     SELECT mad(amount) OVER life AS n
--            ^^^^^^^^^^^^^^^^^^^^^
--     hint: choose a window with a length, or allow it: WITH ('recompute' = 'allowed')
