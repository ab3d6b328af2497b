CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants m ON t.txn_id = m.merchant_id AND t.ts >= m.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_asof_types.sql:3:51: cannot compare BIGINT with m.merchant_id, which is VARCHAR
--     FROM transactions t ASOF LEFT JOIN merchants m ON t.txn_id = m.merchant_id AND t.ts >= m.valid_from
--                                                       ^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: cast one
