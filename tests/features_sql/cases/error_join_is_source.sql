CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN transactions u ON t.card_id = u.card_id AND t.ts >= u.ts
WINDOW w AS (SLIDING SIZE 5 MINUTES);
