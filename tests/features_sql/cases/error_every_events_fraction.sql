CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT EVERY 2.5 EVENTS;
-- expected:
-- error_every_events_fraction.sql:5:12: EVERY counts a whole number of events, at least 1; got 2.5
--     EMIT EVERY 2.5 EVENTS;
--                ^^^
--     hint: EMIT EVERY 100 EVENTS
