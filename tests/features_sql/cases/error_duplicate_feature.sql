CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount, sum(amount) OVER w AS amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
