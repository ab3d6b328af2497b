CREATE FEATURE VIEW v ENTITY card_id AS
SELECT window_start() OVER w AS a, window_end() AS b
FROM transactions
WINDOW w AS (SESSION GAP 1 HOUR)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_window_start_called.sql:2:8: window_start is a word, not a function
--     SELECT window_start() OVER w AS a, window_end() AS b
--            ^^^^^^^^^^^^
--     hint: write window_start alone
--
-- error_window_start_called.sql:2:36: window_end is a word, not a function
--     SELECT window_start() OVER w AS a, window_end() AS b
--                                        ^^^^^^^^^^
--     hint: write window_end alone
