CREATE FEATURE VIEW v ENTITY card_id AS
SELECT upper(amount, 3) AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
