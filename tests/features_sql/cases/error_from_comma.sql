CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t, merchants m
WINDOW w AS (SLIDING SIZE 5 MINUTES);
