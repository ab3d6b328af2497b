CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES PRECEDING);
-- expected:
-- error_window_trailing.sql:4:37: expected EXCLUDE or ); got PRECEDING
--     WINDOW w AS (SLIDING SIZE 5 MINUTES PRECEDING);
--                                         ^^^^^^^^^
--     hint: a window is, for example, (SLIDING SIZE 5 MINUTES)
