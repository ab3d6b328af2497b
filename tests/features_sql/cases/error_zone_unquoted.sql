CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (TUMBLING SIZE 1 DAY TIME ZONE Berlin);
-- expected:
-- error_zone_unquoted.sql:4:44: expected a time zone in quotes such as 'Europe/Berlin'; got Berlin
--     WINDOW w AS (TUMBLING SIZE 1 DAY TIME ZONE Berlin);
--                                                ^^^^^^
