CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (ORDER BY amount SLIDING SIZE 5 MINUTES);
-- expected:
-- error_window_order_by.sql:4:23: windows are ordered by event time only
--     WINDOW w AS (ORDER BY amount SLIDING SIZE 5 MINUTES);
--                           ^^^^^^
--     hint: leave it out: the default is ORDER BY ts
