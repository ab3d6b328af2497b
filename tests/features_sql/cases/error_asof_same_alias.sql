CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants t ON t.merchant_id = t.merchant_id AND t.ts >= t.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
