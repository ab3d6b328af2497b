CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = '1 day') AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
