CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (SLIDING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_emit_no_closing.sql:5:1: EMIT ON WINDOW CLOSE needs a window that closes
--     EMIT ON WINDOW CLOSE;
--     ^^^^^^^^^^^^^^^^^^^^
--     hint: tumbling, hopping and session windows close
