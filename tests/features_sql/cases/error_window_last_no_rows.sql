CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (LAST 10);
-- expected:
-- error_window_last_no_rows.sql:4:21: expected ROWS; got )
--     WINDOW w AS (LAST 10);
--                         ^
--     hint: LAST 10 ROWS
