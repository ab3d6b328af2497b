CREATE FEATURE VIEW v ENTITY card_id AS
SELECT window_start OVER w AS since
FROM transactions
WINDOW w AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_window_word_over.sql:2:21: OVER is not expected here
--     SELECT window_start OVER w AS since
--                         ^^^^
--     hint: OVER follows the call of an aggregate: count(*) OVER w
