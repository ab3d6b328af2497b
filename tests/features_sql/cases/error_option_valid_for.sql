CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = '1 fortnight') AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE;
