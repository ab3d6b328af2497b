-- RANGE over 5 minutes is closed at both ends, [t - 5 min, t], where SLIDING is open at the old one: A still counts
-- exactly 5 minutes later. Peers count. A rate divides by the length of the frame.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'range_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW framed ENTITY k AS
SELECT
  id,
  list(id)              OVER w AS members,
  count(*)              OVER w AS n,
  sum(v)                OVER w AS total,
  median(v)             OVER w AS middle,
  rate(*, '5 minutes')  OVER w AS per_length,
  since_last()          OVER w AS gap,
  list(id)              OVER x AS earlier,
  list(id)              OVER y AS others
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (RANGE BETWEEN INTERVAL 5 MINUTES PRECEDING AND CURRENT ROW),
       x AS (RANGE BETWEEN INTERVAL 5 MINUTES PRECEDING AND CURRENT ROW EXCLUDE CURRENT GROUP),
       y AS (RANGE BETWEEN INTERVAL 5 MINUTES PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW)
EMIT ON EVENT;

-- expect framed
-- | k | ts              | id | members | n | total | middle | per_length | gap        | earlier | others | working                                         |
-- | a | 10:00:00        | A  | A       | 1 | 1     | 1      | 1          | NULL       | NULL    | NULL   |                                                 |
-- | b | 10:00:00        | H  | H       | 1 | 3     | 3      | 1          | NULL       | NULL    | NULL   |                                                 |
-- | c | 10:00:00        | M  | M       | 1 | 4     | 4      | 1          | NULL       | NULL    | NULL   |                                                 |
-- | a | 10:05:00        | B  | A B C   | 3 | 3     | 1.5    | 3          | 0          | A       | A C    | A is exactly 5 minutes old; the peer C has no v |
-- | a | 10:05:00        | C  | A B C   | 3 | 3     | 1.5    | 3          | 0          | A       | A B    |                                                 |
-- | b | 10:05:00        | I  | H I     | 2 | 8     | 4      | 2          | 300        | H       | H      |                                                 |
-- | a | 10:05:00.000001 | D  | B C D   | 3 | 10    | 5      | 3          | 1e-06      | B C     | B C    | A out; (2 + 8) / 2                              |
-- | a | 10:10:00        | E  | B C D E | 4 | 26    | 8      | 4          | 299.999999 | B C D   | B C D  | [10:05, 10:10]; WHERE takes L out               |
-- | a | 10:10:00.000001 | F  | D E F   | 3 | 56    | 16     | 3          | 1e-06      | D E     | D E    | D is exactly 5 minutes old                      |
-- | b | 10:10:00.000001 | J  | J       | 1 | 7     | 7      | 1          | NULL       | NULL    | NULL   | I is 5 minutes and 1 µs old                     |
-- | a | 10:30:00        | G  | G       | 1 | 64    | 64     | 1          | NULL       | NULL    | NULL   |                                                 |
