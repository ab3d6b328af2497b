CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts <= m.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_asof_forward.sql:3:85: an ASOF join looks back: the event's time >= the table's time
--     FROM transactions t ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts <= m.valid_from
--                                                                                         ^^^^^^^^^^^^^^^^^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
