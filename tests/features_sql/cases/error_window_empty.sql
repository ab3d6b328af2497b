CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS ();
-- expected:
-- error_window_empty.sql:4:14: expected a kind of window; got )
--     WINDOW w AS ();
--                  ^
--     hint: a window is, for example, (SLIDING SIZE 5 MINUTES)
