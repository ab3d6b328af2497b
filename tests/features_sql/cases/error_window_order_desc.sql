CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (ORDER BY ts DESC SLIDING SIZE 5 MINUTES);
-- expected:
-- error_window_order_desc.sql:4:26: windows are ordered by event time, oldest first
--     WINDOW w AS (ORDER BY ts DESC SLIDING SIZE 5 MINUTES);
--                              ^^^^
