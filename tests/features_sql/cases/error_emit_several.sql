CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS n, count(*) OVER d AS m
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR), d AS (TUMBLING SIZE 1 DAY)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_emit_several.sql:5:1: several windows close: h, d
--     EMIT ON WINDOW CLOSE;
--     ^^^^^^^^^^^^^^^^^^^^
--     hint: EMIT ON WINDOW CLOSE h
