CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 1 DAY TIME ZONE 'Europe/Berlin');
-- expected:
-- error_zone_sliding.sql:4:33: a sliding window has no buckets
--     WINDOW w AS (SLIDING SIZE 1 DAY TIME ZONE 'Europe/Berlin');
--                                     ^^^^^^^^^
--     hint: OFFSET and TIME ZONE are for TUMBLING and HOPPING
