CREATE FEATURE VIEW v ENTITY card_id AS
SELECT median(amount) OVER life AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_global_recompute.sql:2:8: median over all history would be computed anew for each event
--     SELECT median(amount) OVER life AS n
--            ^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: choose a window with a length, or allow it: WITH ('recompute' = 'allowed')
