CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = '1 fortnight') AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_option_valid_for.sql:1:58: unknown unit of time fortnight
--     CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = '1 fortnight') AS
--                                                              ^^^^^^^^^^^^^
--     hint: one of days, hours, minutes, ms, s, seconds
