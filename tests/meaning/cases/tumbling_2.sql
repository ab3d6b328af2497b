-- Closes of a tumbling window of 10 minutes, at T: [T - 10 min, T). D stands on the boundary and counts in the next one.
-- The other windows are evaluated just before T, so the sliding window of the same size holds the same events, and the
-- frame of 5 minutes, [T - 5 min - 1 µs, T - 1 µs], just holds H. Buckets without an event write nothing; b at 10:10 has
-- events but none that is ok; all that c had at 10:10, L, is gone by WHERE. N is all that d has, 1 µs before a boundary.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'tumbling_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW closed ENTITY k AS
SELECT
  list(id)                    OVER w AS members,
  count(*)                    OVER w AS n,
  sum(v)                      OVER w AS total,
  avg(v)                      OVER w AS mean,
  count(*) FILTER (WHERE ok)  OVER w AS good,
  max(v)                      OVER w AS high,
  rate(*, '1 minute')         OVER w AS per_minute,
  since_last()                OVER w AS age,
  list(id)                    OVER s AS sliding,
  last_n(id, 2)               OVER l AS last_two,
  count(*)                    OVER a AS seen
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (TUMBLING SIZE 10 MINUTES), s AS (SLIDING SIZE 10 MINUTES), l AS (LAST 2 ROWS), a AS (GLOBAL)
EMIT ON WINDOW CLOSE w;

CREATE FEATURE VIEW framed ENTITY k AS
SELECT count(*) OVER w AS n, list(id) OVER r AS ranged
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (TUMBLING SIZE 10 MINUTES), r AS (RANGE BETWEEN INTERVAL 5 MINUTES PRECEDING AND CURRENT ROW)
EMIT ON WINDOW CLOSE w;

-- expect closed
-- | k | as_of    | members | n | total | mean          | good | high | per_minute | age   | sliding | last_two | seen | working                                   |
-- | a | 10:10:00 | A B C   | 3 | 5     | 2.5           | 2    | 4    | 0.3        | 1e-06 | A B C   | B C      | 3    | A at 10:00:00 is in, D at 10:10:00 is not |
-- | b | 10:10:00 | H I     | 2 | 3     | 3             | 0    | 3    | 0.2        | 60    | H I     | H I      | 2    | written although no event is ok           |
-- | a | 10:20:00 | D E F   | 3 | 56    | 18.6666666667 | 2    | 32   | 0.3        | 300   | D E F   | E F      | 6    | 56 / 3; E's ok is NULL                    |
-- | b | 10:30:00 | J       | 1 | 5     | 5             | 1    | 5    | 0.1        | 300   | J       | I J      | 3    |                                           |
-- | c | 10:30:00 | M       | 1 | 2     | 2             | 1    | 2    | 0.1        | 600   | M       | M        | 1    | M at 10:20:00 opens the bucket            |
-- | d | 10:30:00 | N       | 1 | 6     | 6             | 1    | 6    | 0.1        | 1e-06 | N       | N        | 1    | alone, and on the edge                    |
-- | a | 10:50:00 | G       | 1 | 64    | 64            | 1    | 64   | 0.1        | 600   | G       | F G      | 7    | nothing for 10:30 and 10:40               |

-- expect framed
-- | k | as_of    | n | ranged | working             |
-- | a | 10:10:00 | 3 | C      |                     |
-- | b | 10:10:00 | 2 | H I    | H is on the bound   |
-- | a | 10:20:00 | 3 | E F    |                     |
-- | b | 10:30:00 | 1 | J      |                     |
-- | c | 10:30:00 | 1 | NULL   | M is 10 minutes old |
-- | d | 10:30:00 | 1 | N      |                     |
-- | a | 10:50:00 | 1 | NULL   |                     |
