CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants m ON (t.merchant_id = m.merchant_id OR t.ts >= m.valid_from)
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_asof_or.sql:3:51: an ASOF join's condition is made of comparisons joined by AND
--     FROM transactions t ASOF LEFT JOIN merchants m ON (t.merchant_id = m.merchant_id OR t.ts >= m.valid_from)
--                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
