CREATE FEATURE VIEW v ENTITY card_id AS
SELECT (SELECT max(amount) FROM transactions) AS top
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
