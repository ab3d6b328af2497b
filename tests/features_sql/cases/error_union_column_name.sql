CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, upper(card_id), ts FROM transactions UNION ALL SELECT card_id, 'x', ts FROM transactions) u;
-- expected:
-- error_union_column_name.sql:3:23: this column has no name
--     FROM (SELECT card_id, upper(card_id), ts FROM transactions UNION ALL SELECT card_id, 'x', ts FROM transactions) u;
--                           ^^^^^^^^^^^^^^
--     hint: add AS and a name
