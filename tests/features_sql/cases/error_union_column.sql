CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(u.amont) OVER (GLOBAL) AS n, max(txn_id) OVER (GLOBAL) AS m
FROM (SELECT card_id, amount, ts FROM transactions UNION ALL SELECT card_id, -amount, ts FROM transactions) u;
-- expected:
-- error_union_column.sql:2:12: u has no column amont
--     SELECT sum(u.amont) OVER (GLOBAL) AS n, max(txn_id) OVER (GLOBAL) AS m
--                ^^^^^^^
--     hint: did you mean amount?
--
-- error_union_column.sql:2:45: unknown column txn_id
--     SELECT sum(u.amont) OVER (GLOBAL) AS n, max(txn_id) OVER (GLOBAL) AS m
--                                                 ^^^^^^
--     hint: one of card_id, amount, ts
