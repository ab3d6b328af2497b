CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_asof_inner_join.sql:3:21: a view joins tables with ASOF LEFT JOIN; got ASOF JOIN
--     FROM transactions t ASOF JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from
--                         ^^^^^^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
