CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (TUMBLING SIZE 1 DAY TIME ZONE 'Europe/Berln');
-- expected:
-- error_zone_unknown.sql:4:44: unknown time zone Europe/Berln
--     WINDOW w AS (TUMBLING SIZE 1 DAY TIME ZONE 'Europe/Berln');
--                                                ^^^^^^^^^^^^^^
--     hint: did you mean Europe/Berlin?
