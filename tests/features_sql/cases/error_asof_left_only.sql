CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants m ON t.merchant_id = t.card_id AND t.ts >= m.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_asof_left_only.sql:3:51: one side must be a column of merchants, the other of what stands before it
--     FROM transactions t ASOF LEFT JOIN merchants m ON t.merchant_id = t.card_id AND t.ts >= m.valid_from
--                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
