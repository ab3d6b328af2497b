CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT * FROM transactions UNION ALL SELECT * FROM transactions) u;
-- expected:
-- error_union_star.sql:3:14: * cannot stand in a UNION ALL: branches are matched by position
--     FROM (SELECT * FROM transactions UNION ALL SELECT * FROM transactions) u;
--                  ^
--     hint: name the columns
--
-- error_union_star.sql:3:51: * cannot stand in a UNION ALL: branches are matched by position
--     FROM (SELECT * FROM transactions UNION ALL SELECT * FROM transactions) u;
--                                                       ^
--     hint: name the columns
