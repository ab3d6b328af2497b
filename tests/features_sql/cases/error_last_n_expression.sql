CREATE FEATURE VIEW v ENTITY card_id AS
SELECT last_n(amount, txn_id) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
