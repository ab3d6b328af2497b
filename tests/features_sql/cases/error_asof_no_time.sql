CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_asof_no_time.sql:3:51: an ASOF join must compare times: t.ts >= m.valid_from
--     FROM transactions t ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id
--                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
