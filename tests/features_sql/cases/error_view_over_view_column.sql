CREATE FEATURE VIEW v ENTITY merchant_id AS
SELECT max(decline) OVER w AS n, last(ts) OVER w AS at
FROM merchant_hourly
WINDOW w AS (SLIDING SIZE 1 DAY);
-- expected:
-- error_view_over_view_column.sql:2:12: unknown column decline
--     SELECT max(decline) OVER w AS n, last(ts) OVER w AS at
--                ^^^^^^^
--     hint: did you mean declines?
--
-- error_view_over_view_column.sql:2:39: unknown column ts
--     SELECT max(decline) OVER w AS n, last(ts) OVER w AS at
--                                           ^^
--     hint: one of merchant_id, as_of, declines
