CREATE FEATURE VIEW v ENTITY card_id AS
SELECT reservoir_quantile(amount, 0.5) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
