-- A tumbling window of 10 minutes on its events: those of t's bucket with ts <= t. B and F stand on an edge and open
-- their bucket, A and E end theirs. A rate divides by the size, however much of the bucket has passed.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'tumbling_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW tens ENTITY k AS
SELECT
  id,
  list(id)                    OVER w AS members,
  count(*)                    OVER w AS n,
  sum(v)                      OVER w AS total,
  avg(v)                      OVER w AS mean,
  count(*) FILTER (WHERE ok)  OVER w AS good,
  rate(*, '1 minute')         OVER w AS per_minute,
  last_n(id, 2)               OVER w AS last_two,
  list(id)                    OVER x AS earlier,
  count(*)                    OVER x AS n_earlier
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (TUMBLING SIZE 10 MINUTES), x AS (TUMBLING SIZE 10 MINUTES EXCLUDE CURRENT GROUP)
EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask' EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS SELECT asked.id AS ask, tens.members, tens.n, tens.total, tens.good
FROM asked JOIN tens USING (k);

-- expect tens
-- | k | ts              | id | members | n | total | mean          | good | per_minute | last_two | earlier | n_earlier | working                                       |
-- | a | 09:59:59.999999 | A  | A       | 1 | 1     | 1             | 1    | 0.1        | A        | NULL    | 0         | bucket [09:50, 10:00)                         |
-- | a | 10:00:00        | B  | B       | 1 | 2     | 2             | 1    | 0.1        | B        | NULL    | 0         | bucket [10:00, 10:10): A is in the one before |
-- | b | 10:02:00        | I  | I       | 1 | 5     | 5             | 1    | 0.1        | I        | NULL    | 0         |                                               |
-- | a | 10:04:00        | C  | B C D   | 3 | 6     | 3             | 2    | 0.3        | C D      | B       | 1         | the peer D counts, without v; C is not ok     |
-- | a | 10:04:00        | D  | B C D   | 3 | 6     | 3             | 2    | 0.3        | C D      | B       | 1         |                                               |
-- | a | 10:09:59.999999 | E  | B C D E | 4 | 14    | 4.66666666667 | 2    | 0.4        | D E      | B C D   | 3         | 14 / 3 given                                  |
-- | a | 10:10:00        | F  | F G     | 2 | 48    | 24            | 2    | 0.2        | F G      | NULL    | 0         | bucket [10:10, 10:20)                         |
-- | a | 10:10:00        | G  | F G     | 2 | 48    | 24            | 2    | 0.2        | F G      | NULL    | 0         |                                               |
-- | b | 10:10:00        | J  | J       | 1 | 6     | 6             | 1    | 0.1        | J        | NULL    | 0         |                                               |
-- | b | 10:19:59.999999 | K  | J K     | 2 | 13    | 6.5           | 2    | 0.2        | J K      | J       | 1         |                                               |
-- | b | 10:20:00        | M  | M       | 1 | 9     | 9             | 1    | 0.1        | M        | NULL    | 0         |                                               |
-- | a | 10:35:00        | H  | H       | 1 | 64    | 64            | 1    | 0.1        | H        | NULL    | 0         | two buckets passed without an event           |

-- expect answers
-- | k | ts              | ask | members | n | total | good | working                                  |
-- | a | 09:59:59.999999 | q10 | A       | 1 | 1     | 1    |                                          |
-- | a | 10:00:00        | q9  | B       | 1 | 2     | 1    | ts = t counts; A is in the bucket before |
-- | b | 10:00:00        | q7  | NULL    | 0 | NULL  | 0    | b comes at 10:02                         |
-- | z | 10:05:00        | q8  | NULL    | 0 | NULL  | 0    | never seen                               |
-- | a | 10:09:59.999999 | q1  | B C D E | 4 | 14    | 2    |                                          |
-- | a | 10:10:00        | q2  | F G     | 2 | 48    | 2    | the next bucket                          |
-- | a | 10:19:59.999999 | q3  | F G     | 2 | 48    | 2    |                                          |
-- | a | 10:20:00        | q4  | NULL    | 0 | NULL  | 0    | an empty bucket                          |
-- | a | 10:34:59.999999 | q5  | NULL    | 0 | NULL  | 0    |                                          |
-- | a | 10:35:00        | q6  | H       | 1 | 64    | 1    |                                          |
