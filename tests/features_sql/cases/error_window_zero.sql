CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 0 SECONDS);
-- expected:
-- error_window_zero.sql:4:27: SIZE must be longer than nothing
--     WINDOW w AS (SLIDING SIZE 0 SECONDS);
--                               ^^^^^^^^^
