CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions UNION ALL BY NAME SELECT ts, card_id FROM transactions) u;
-- expected:
-- error_union_by_name.sql:3:54: branches of UNION ALL are matched by position
--     FROM (SELECT card_id, ts FROM transactions UNION ALL BY NAME SELECT ts, card_id FROM transactions) u;
--                                                          ^^
--     hint: leave BY NAME out
