CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR), g AS (GLOBAL)
EMIT ON WINDOW CLOSE g;
-- expected:
-- error_emit_never_closes.sql:5:22: window g never closes
--     EMIT ON WINDOW CLOSE g;
--                          ^
--     hint: closing windows: h
