CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES EXCLUDE CURRENT TIES);
-- expected:
-- error_window_exclude_ties.sql:4:53: expected ROW or GROUP; got TIES
--     WINDOW w AS (SLIDING SIZE 5 MINUTES EXCLUDE CURRENT TIES);
--                                                         ^^^^
