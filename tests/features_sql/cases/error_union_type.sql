CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER (GLOBAL) AS n
FROM (SELECT card_id, amount, ts FROM transactions UNION ALL SELECT card_id, txn_id, ts FROM transactions) u;
-- expected:
-- error_union_type.sql:3:78: column 2 is DECIMAL(12,2) in the first branch and BIGINT here
--     FROM (SELECT card_id, amount, ts FROM transactions UNION ALL SELECT card_id, txn_id, ts FROM transactions) u;
--                                                                                  ^^^^^^
--     hint: CAST(... AS DECIMAL(12,2))
