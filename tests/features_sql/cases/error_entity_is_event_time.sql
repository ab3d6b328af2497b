CREATE FEATURE VIEW v ENTITY ts AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_entity_is_event_time.sql:1:30: ts is the event time: it cannot be the entity
--     CREATE FEATURE VIEW v ENTITY ts AS
--                                  ^^
