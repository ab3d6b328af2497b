CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts <= m.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
