CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchant m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_unknown_table.sql:3:36: unknown table merchant
--     FROM transactions t ASOF LEFT JOIN merchant m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from
--                                        ^^^^^^^^
--     hint: did you mean merchants?
