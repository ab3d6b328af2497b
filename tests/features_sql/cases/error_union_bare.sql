CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM transactions UNION ALL SELECT card_id, ts FROM transactions;
-- expected:
-- error_union_bare.sql:3:19: UNION is not part of a feature view
--     FROM transactions UNION ALL SELECT card_id, ts FROM transactions;
--                       ^^^^^
--     hint: FROM (SELECT ... UNION ALL SELECT ...) u reads several as one
