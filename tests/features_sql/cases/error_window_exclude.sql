CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES EXCLUDE TIES);
-- expected:
-- error_window_exclude.sql:4:45: expected CURRENT ROW or CURRENT GROUP; got TIES
--     WINDOW w AS (SLIDING SIZE 5 MINUTES EXCLUDE TIES);
--                                                 ^^^^
