CREATE TABLE risks (merchant_id VARCHAR, risk DOUBLE, valid_from TIMESTAMP) WITH ('connector' = 'files', 'path' = 'r.csv');
CREATE FEATURE VIEW v ENTITY card_id AS
SELECT avg(risk) OVER w AS n
FROM transactions t
  ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from
  ASOF LEFT JOIN risks r ON t.merchant_id = r.merchant_id AND t.ts >= r.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_ambiguous_column.sql:3:12: risk is ambiguous
--     SELECT avg(risk) OVER w AS n
--                ^^^^
--     hint: write m.risk or r.risk
