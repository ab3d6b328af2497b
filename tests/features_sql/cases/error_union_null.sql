CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, NULL AS x, NULL AS y, ts FROM transactions UNION ALL SELECT card_id, NULL, ok, ts FROM transactions
UNION ALL SELECT card_id, NULL, amount, ts FROM transactions) u;
-- expected:
-- error_union_null.sql:3:23: this column is NULL in every branch
--     FROM (SELECT card_id, NULL AS x, NULL AS y, ts FROM transactions UNION ALL SELECT card_id, NULL, ok, ts FROM transactions
--                           ^^^^^^^^^
--     hint: CAST(NULL AS ...) gives it a type
--
-- error_union_null.sql:4:33: column 3 is BOOLEAN in branch 2 and DECIMAL(12,2) here
--     UNION ALL SELECT card_id, NULL, amount, ts FROM transactions) u;
--                                     ^^^^^^
--     hint: CAST(... AS BOOLEAN)
