CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, ts FROM transactions LIMIT 3) u;
-- expected:
-- error_union_window.sql:3:91: LIMIT is not part of a branch of UNION ALL
--     FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, ts FROM transactions LIMIT 3) u;
--                                                                                               ^^^^^
