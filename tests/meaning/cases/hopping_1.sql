-- A hopping window of 15 minutes that advances by 5, on its events: from floor(t to 5 min) - 10 min up to t, both ends in.
-- A and E stand on an edge. At 10:10 A (10:00:00) is in and J (1 µs older) is out.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'hopping_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW hops ENTITY k AS
SELECT
  id,
  list(id)                      OVER w AS members,
  count(*)                      OVER w AS n,
  sum(v)                        OVER w AS total,
  count(*) FILTER (WHERE v > 4) OVER w AS big,
  rate(*, '15 minutes')         OVER w AS per_size,
  list(id)                      OVER x AS earlier,
  count(*)                      OVER x AS n_earlier
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (HOPPING SIZE 15 MINUTES ADVANCE BY 5 MINUTES),
       x AS (HOPPING SIZE 15 MINUTES ADVANCE BY 5 MINUTES EXCLUDE CURRENT GROUP)
EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask' EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS SELECT asked.id AS ask, hops.members, hops.n, hops.total, hops.per_size
FROM asked JOIN hops USING (k);

-- expect hops
-- | k | ts              | id | members       | n | total | big | per_size | earlier     | n_earlier | working                                           |
-- | b | 09:59:59.999999 | J  | J             | 1 | 3     | 0   | 1        | NULL        | 0         | from 09:45                                        |
-- | a | 10:00:00        | A  | A             | 1 | 1     | 0   | 1        | NULL        | 0         | from 09:50                                        |
-- | a | 10:04:59.999999 | B  | A B           | 2 | 3     | 0   | 2        | A           | 1         | from 09:50                                        |
-- | a | 10:05:00        | C  | A B C         | 3 | 7     | 0   | 3        | A B         | 2         | from 09:55                                        |
-- | a | 10:09:59.999999 | D  | A B C D       | 4 | 15    | 1   | 4        | A B C       | 3         | from 09:55                                        |
-- | a | 10:10:00        | E  | A B C D E F   | 6 | 31    | 2   | 6        | A B C D     | 4         | from 10:00: A is on the edge; the peer F has no v |
-- | b | 10:10:00        | K  | K             | 1 | 5     | 1   | 1        | NULL        | 0         | from 10:00: J is 1 µs before the edge             |
-- | a | 10:10:00        | F  | A B C D E F   | 6 | 31    | 2   | 6        | A B C D     | 4         |                                                   |
-- | b | 10:14:00        | L  | K L           | 2 | 12    | 2   | 2        | K           | 1         | from 10:00                                        |
-- | a | 10:14:59.999999 | G  | A B C D E F G | 7 | 63    | 3   | 7        | A B C D E F | 6         | from 10:00                                        |
-- | a | 10:15:00        | H  | C D E F G H   | 6 | 124   | 4   | 6        | C D E F G   | 5         | from 10:05: B out, C on the edge                  |
-- | a | 10:30:00        | I  | I             | 1 | 128   | 1   | 1        | NULL        | 0         | from 10:20                                        |

-- expect answers
-- | k | ts              | ask | members     | n | total | per_size | working                                              |
-- | z | 10:00:00        | q8  | NULL        | 0 | NULL  | 0        | never seen                                           |
-- | b | 10:09:59.999999 | q9  | J           | 1 | 3     | 1        | from 09:55                                           |
-- | b | 10:10:00        | q10 | K           | 1 | 5     | 1        | from 10:00; ts = t counts                            |
-- | a | 10:19:59.999999 | q1  | C D E F G H | 6 | 124   | 6        | from 10:05                                           |
-- | a | 10:20:00        | q2  | E F G H     | 4 | 112   | 4        | from 10:10: D (10:09:59.999999) out, E (10:10:00) in |
-- | a | 10:25:00        | q3  | H           | 1 | 64    | 1        | from 10:15                                           |
-- | a | 10:29:59.999999 | q4  | H           | 1 | 64    | 1        | from 10:15                                           |
-- | a | 10:30:00        | q5  | I           | 1 | 128   | 1        | from 10:20                                           |
-- | a | 10:44:59.999999 | q6  | I           | 1 | 128   | 1        | from 10:30: I is on the edge                         |
-- | a | 10:45:00        | q7  | NULL        | 0 | NULL  | 0        | from 10:35                                           |
