CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON EVENT EMIT ON EVENT;
-- expected:
-- error_emit_twice.sql:5:15: EMIT is given twice
--     EMIT ON EVENT EMIT ON EVENT;
--                   ^^^^
