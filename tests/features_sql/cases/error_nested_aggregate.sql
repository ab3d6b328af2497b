CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(avg(amount) OVER w) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
