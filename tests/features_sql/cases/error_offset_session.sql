CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SESSION GAP 1 HOUR OFFSET 5 MINUTES);
-- expected:
-- error_offset_session.sql:4:33: a session window has no buckets
--     WINDOW w AS (SESSION GAP 1 HOUR OFFSET 5 MINUTES);
--                                     ^^^^^^
--     hint: OFFSET and TIME ZONE are for TUMBLING and HOPPING
