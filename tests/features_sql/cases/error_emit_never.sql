CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT NEVER;
-- expected:
-- error_emit_never.sql:5:6: expected ON, EVERY or WHEN; got NEVER
--     EMIT NEVER;
--          ^^^^^
--     hint: one of ON EVENT [IMMEDIATELY], ON WINDOW CLOSE, EVERY 1 MINUTE, EVERY 100 EVENTS, WHEN condition or ON DEMAND
