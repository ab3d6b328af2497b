CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON CLOSE;
-- expected:
-- error_emit_words.sql:5:9: expected EVENT, WINDOW CLOSE or DEMAND; got CLOSE
--     EMIT ON CLOSE;
--             ^^^^^
--     hint: EMIT ON WINDOW CLOSE
