CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions EXCEPT ALL SELECT card_id, ts FROM transactions) u;
-- expected:
-- error_union_except.sql:3:44: EXCEPT is not part of the language
--     FROM (SELECT card_id, ts FROM transactions EXCEPT ALL SELECT card_id, ts FROM transactions) u;
--                                                ^^^^^^
--     hint: FROM takes UNION ALL
