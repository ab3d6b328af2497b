CREATE FEATURE VIEW v ENTITY card_id AS
SELECT since_last(amount) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
