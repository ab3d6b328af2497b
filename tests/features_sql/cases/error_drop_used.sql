CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS n FROM transactions;
CREATE FEATURE SERVICE x AS SELECT v.n FROM v;
DROP VIEW v;
-- expected:
-- error_drop_used.sql:2:45: unknown feature view v
--     CREATE FEATURE SERVICE x AS SELECT v.n FROM v;
--                                                 ^
--     hint: the project has no feature view
