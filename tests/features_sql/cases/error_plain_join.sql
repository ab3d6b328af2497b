CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t JOIN merchants m ON t.merchant_id = m.merchant_id
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_plain_join.sql:3:21: a view joins tables with ASOF LEFT JOIN; got JOIN
--     FROM transactions t JOIN merchants m ON t.merchant_id = m.merchant_id
--                         ^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
