CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (LAST 0 ROWS);
-- expected:
-- error_window_last_zero.sql:4:19: LAST must keep at least 1 row
--     WINDOW w AS (LAST 0 ROWS);
--                       ^
