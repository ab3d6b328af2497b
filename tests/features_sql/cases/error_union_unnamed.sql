CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, ts FROM transactions);
-- expected:
-- error_union_unnamed.sql:3:6: a UNION ALL needs a name
--     FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, ts FROM transactions);
--          ^
--     hint: FROM (SELECT ... UNION ALL ...) u
