CREATE FEATURE VIEW a ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, ts FROM b) u;
CREATE FEATURE VIEW b ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM a;
-- expected:
-- error_union_cycle.sql:2:78: views form a cycle: a -> b -> a
--     FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, ts FROM b) u;
--                                                                                  ^
--     hint: a view reads what is written before it
