CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 1.5 HOURS);
-- expected:
-- error_window_fraction.sql:4:27: a length of time must be a whole number of hours; got 1.5
--     WINDOW w AS (SLIDING SIZE 1.5 HOURS);
--                               ^^^^^^^^^
