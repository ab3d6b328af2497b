CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT EVERY 100 EVENTS REPEAT;
-- expected:
-- error_every_events_repeat.sql:5:23: REPEAT belongs to an interval of time
--     EMIT EVERY 100 EVENTS REPEAT;
--                           ^^^^^^
--     hint: EMIT EVERY 1 MINUTE REPEAT
