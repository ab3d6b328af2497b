CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount * 2 double_amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
