CREATE FEATURE VIEW v ENTITY card_id WITH ('recompute' = 'yes') AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
