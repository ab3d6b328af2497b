-- Closes of sessions with a gap of 5 minutes, at last + 5 minutes; the same events as in session_1 with others of c.
-- Beside them, just before the close: the tumbling bucket of 10 minutes, and a sliding window of 5 minutes, which
-- still holds the last event of the session. A rate divides by close - first event.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'session_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW closed ENTITY k AS
SELECT
  list(id)                    OVER w AS members,
  count(*)                    OVER w AS n,
  sum(v)                      OVER w AS total,
  avg(v)                      OVER w AS mean,
  count(*) FILTER (WHERE ok)  OVER w AS good,
  max(v)                      OVER w AS high,
  median(v)                   OVER w AS middle,
  rate(*, '1 minute')         OVER w AS per_minute,
  since_last()                OVER w AS age,
  list(id)                    OVER b AS bucket,
  list(id)                    OVER s AS sliding
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (SESSION GAP 5 MINUTES), b AS (TUMBLING SIZE 10 MINUTES), s AS (SLIDING SIZE 5 MINUTES)
EMIT ON WINDOW CLOSE w;

-- expect closed
-- | k | as_of           | members | n | total | mean          | good | high | middle | per_minute     | age | bucket | sliding | working                                            |
-- | c | 10:07:00        | N       | 1 | 4     | 4             | 1    | 4    | 4      | 0.2            | 300 | N      | N       | WHERE takes M out; 1 in 5 minutes                  |
-- | a | 10:10:00        | A B C   | 3 | 3     | 1.5           | 2    | 2    | 1.5    | 0.3            | 300 | A B C  | B C     | B is exactly 5 minutes after A; D is 1 µs too late |
-- | b | 10:13:59.999999 | I J     | 2 | 8     | 4             | 2    | 5    | 4      | 0.200000000333 | 300 | NULL   | J       | the bucket began at 10:10; 120 / 599.999999        |
-- | a | 10:22:00        | D E F   | 3 | 56    | 18.6666666667 | 1    | 32   | 16     | 0.250000000347 | 300 | NULL   | F       | 180 / 719.999999                                   |
-- | b | 10:24:00        | K L     | 2 | 16    | 8             | 2    | 9    | 8      | 0.2            | 300 | NULL   | L       | L is exactly 5 minutes after K                     |
-- | a | 10:35:00        | G H     | 2 | 64    | 64            | 0    | 64   | 64     | 0.4            | 300 | G H    | G H     | no event is ok; H has no v                         |
