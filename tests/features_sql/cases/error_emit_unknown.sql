CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE hh;
-- expected:
-- error_emit_unknown.sql:5:22: unknown window hh
--     EMIT ON WINDOW CLOSE hh;
--                          ^^
--     hint: did you mean h?
