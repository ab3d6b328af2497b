CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT max(card_id), ts FROM transactions GROUP BY ts) u;
-- expected:
-- error_union_aggregate.sql:3:61: max is an aggregate: it cannot stand here
--     FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT max(card_id), ts FROM transactions GROUP BY ts) u;
--                                                                 ^^^
--     hint: this is computed for each event by itself
--
-- error_union_aggregate.sql:3:96: GROUP BY is not part of a branch of UNION ALL
--     FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT max(card_id), ts FROM transactions GROUP BY ts) u;
--                                                                                                    ^^^^^^^^
