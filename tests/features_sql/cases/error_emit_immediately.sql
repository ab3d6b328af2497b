CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON EVENT IMEDIATELY;

CREATE FEATURE VIEW w ENTITY card_id AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE IMMEDIATELY;
-- expected:
-- error_emit_immediately.sql:5:15: expected IMMEDIATELY, or nothing, after ON EVENT; got IMEDIATELY
--     EMIT ON EVENT IMEDIATELY;
--                   ^^^^^^^^^^
--     hint: did you mean IMMEDIATELY?
--
-- error_emit_immediately.sql:11:22: expected a window's name; got IMMEDIATELY
--     EMIT ON WINDOW CLOSE IMMEDIATELY;
--                          ^^^^^^^^^^^
--     hint: IMMEDIATELY goes with ON EVENT
