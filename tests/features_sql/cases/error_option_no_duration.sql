CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = 'never') AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_option_no_duration.sql:1:58: a length of time must be a whole number and a unit
--     CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = 'never') AS
--                                                              ^^^^^^^
--     hint: for example '10 minutes'
