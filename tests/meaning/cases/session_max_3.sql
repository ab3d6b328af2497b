-- Boundaries at the very edges of a session: what a boundary at T writes is so at the microsecond before it. At 10:30 it
-- is exactly 30 minutes since c's event, so its session goes on; at 11:00 it is exactly an hour since d's first, so it
-- was cut just then and is empty. What has no entity moves the watermark alone.
CREATE SOURCE events (id VARCHAR, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 'session_max_3.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW half_hours ENTITY k AS
SELECT count(*) OVER w AS n, list(id) OVER w AS ids
FROM events WINDOW w AS (SESSION GAP 30 MINUTES MAX 1 HOUR) EMIT EVERY 30 MINUTES;

-- expect half_hours
-- | k | as_of    | n | ids   | working                    |
-- | c | 10:00:00 | 1 | C     |                            |
-- | d | 10:00:00 | 1 | D     |                            |
-- | c | 10:30:00 | 1 | C     | a gap of exactly 30 minutes |
-- | d | 10:30:00 | 2 | D E   |                            |
-- | c | 11:00:00 | 0 | NULL  | empty: said once           |
-- | d | 11:00:00 | 0 | NULL  | cut, though F was at 10:45 |
