CREATE FEATURE VIEW v ENTITY card_id AS
SELECT merchant_id AS card_id
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
