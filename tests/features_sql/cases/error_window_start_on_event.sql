CREATE FEATURE VIEW v ENTITY card_id AS
SELECT window_start AS n
FROM transactions
WINDOW w AS (SESSION GAP 1 HOUR);
-- expected:
-- error_window_start_on_event.sql:2:8: window_start is known only in a view that EMIT ON WINDOW CLOSE writes
--     SELECT window_start AS n
--            ^^^^^^^^^^^^
--     hint: it belongs to the window that closes
