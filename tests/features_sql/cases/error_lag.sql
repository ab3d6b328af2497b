CREATE FEATURE VIEW v ENTITY card_id AS
SELECT lag(amount) OVER w AS previous
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
