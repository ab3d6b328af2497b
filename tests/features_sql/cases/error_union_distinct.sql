CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions UNION SELECT card_id, ts FROM transactions) u;
-- expected:
-- error_union_distinct.sql:3:44: UNION alone would drop events that are equal
--     FROM (SELECT card_id, ts FROM transactions UNION SELECT card_id, ts FROM transactions) u;
--                                                ^^^^^
--     hint: write UNION ALL
