CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(transactions.amount) OVER w AS n
FROM transactions t
WINDOW w AS (SLIDING SIZE 5 MINUTES);
