-- Closes of a hopping window of 10 minutes that advances by 5, at each multiple T of 5 minutes: [T - 10 min, T).
-- C stands on the boundary of 10:05 and counts in the two after it. The session of 5 minutes beside it is evaluated
-- just before T: A to F are one (4:59.999999, 1 µs, 4:59.999999, 1 µs, 0 between them), current to 10:15:00.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'hopping_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW closed ENTITY k AS
SELECT
  list(id)                    OVER w AS members,
  count(*)                    OVER w AS n,
  sum(v)                      OVER w AS total,
  count(*) FILTER (WHERE ok)  OVER w AS good,
  max(v)                      OVER w AS high,
  median(v)                   OVER w AS middle,
  rate(*, '10 minutes')       OVER w AS per_size,
  since_last()                OVER w AS age
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (HOPPING SIZE 10 MINUTES ADVANCE BY 5 MINUTES)
EMIT ON WINDOW CLOSE w;

CREATE FEATURE VIEW visits ENTITY k AS
SELECT count(*) OVER w AS n, list(id) OVER visit AS current
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (HOPPING SIZE 10 MINUTES ADVANCE BY 5 MINUTES), visit AS (SESSION GAP 5 MINUTES)
EMIT ON WINDOW CLOSE w;

-- expect closed
-- | k | as_of    | members | n | total | good | high | middle | per_size | age        | working                                       |
-- | a | 10:05:00 | A B     | 2 | 3     | 1    | 2    | 1.5    | 2        | 1e-06      | [09:55, 10:05): C is on the boundary          |
-- | b | 10:05:00 | H       | 1 | 3     | 0    | 3    | 3      | 1        | 1e-06      |                                               |
-- | a | 10:10:00 | A B C D | 4 | 15    | 3    | 8    | 3      | 4        | 1e-06      | [10:00, 10:10): A is on the edge; (2 + 4) / 2 |
-- | b | 10:10:00 | H       | 1 | 3     | 0    | 3    | 3      | 1        | 300.000001 |                                               |
-- | c | 10:10:00 | L       | 1 | 9     | 1    | 9    | 9      | 1        | 150        |                                               |
-- | a | 10:15:00 | C D E F | 4 | 28    | 3    | 16   | 8      | 4        | 300        | [10:05, 10:15); E has no v                    |
-- | b | 10:15:00 | I J     | 2 | 5     | 1    | 5    | 5      | 2        | 180        | J has no v, and NULL is not ok                |
-- | c | 10:15:00 | L       | 1 | 9     | 1    | 9    | 9      | 1        | 450        | WHERE takes M out                             |
-- | a | 10:20:00 | E F     | 2 | 16    | 1    | 16   | 16     | 2        | 600        | [10:10, 10:20): E and F are on the edge       |
-- | b | 10:20:00 | I J     | 2 | 5     | 1    | 5    | 5      | 2        | 480        |                                               |
-- | a | 10:35:00 | G       | 1 | 32    | 1    | 32   | 32     | 1        | 300        | nothing at 10:25 and 10:30                    |
-- | a | 10:40:00 | G       | 1 | 32    | 1    | 32   | 32     | 1        | 600        | [10:30, 10:40): G is on the edge              |

-- expect visits
-- | k | as_of    | n | current     | working                                                      |
-- | a | 10:05:00 | 2 | A B         |                                                              |
-- | b | 10:05:00 | 1 | H           |                                                              |
-- | a | 10:10:00 | 4 | A B C D     |                                                              |
-- | b | 10:10:00 | 1 | H           | the instant before T is exactly H + 5 minutes: still current |
-- | c | 10:10:00 | 1 | L           |                                                              |
-- | a | 10:15:00 | 4 | A B C D E F | F + 5 minutes is T                                           |
-- | b | 10:15:00 | 2 | I J         |                                                              |
-- | c | 10:15:00 | 1 | NULL        | L + 5 minutes is 10:12:30                                    |
-- | a | 10:20:00 | 2 | NULL        |                                                              |
-- | b | 10:20:00 | 2 | NULL        |                                                              |
-- | a | 10:35:00 | 1 | G           |                                                              |
-- | a | 10:40:00 | 1 | NULL        |                                                              |
