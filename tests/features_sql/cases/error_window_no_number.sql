CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE MINUTES);
-- expected:
-- error_window_no_number.sql:4:27: expected a length of time such as 5 MINUTES; got MINUTES
--     WINDOW w AS (SLIDING SIZE MINUTES);
--                               ^^^^^^^
