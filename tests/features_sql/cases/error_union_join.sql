CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions UNION ALL
      SELECT t.card_id, t.ts FROM transactions t
      ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from) u;
-- expected:
-- error_union_join.sql:5:7: a branch of UNION ALL reads one relation, without joins
--           ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from) u;
--           ^^^^^^^^^^^^^^
--     hint: join in the view that reads the UNION ALL
