-- The newest 3 events up to the current row in total order: B, C and D are peers, and none sees those after itself.
-- EXCLUDE CURRENT GROUP takes ts = t out of the three, EXCLUDE CURRENT ROW holds the three before the row.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'last_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW newest ENTITY k AS
SELECT
  id,
  list(id)                    OVER w AS members,
  count(*)                    OVER w AS n,
  sum(v)                      OVER w AS total,
  avg(v)                      OVER w AS mean,
  count(*) FILTER (WHERE ok)  OVER w AS good,
  last_n(id, 2)               OVER w AS last_two,
  since_last()                OVER w AS gap,
  list(id)                    OVER x AS earlier,
  count(*)                    OVER x AS n_earlier,
  list(id)                    OVER y AS before,
  since_last()                OVER y AS gap_before
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (LAST 3 ROWS), x AS (LAST 3 ROWS EXCLUDE CURRENT GROUP), y AS (LAST 3 ROWS EXCLUDE CURRENT ROW)
EMIT ON EVENT;

-- expect newest
-- | k | ts       | id | members | n | total | mean          | good | last_two | gap  | earlier | n_earlier | before | gap_before | working                             |
-- | a | 10:00:00 | A  | A       | 1 | 1     | 1             | 1    | A        | NULL | NULL    | 0         | NULL   | NULL       |                                     |
-- | c | 10:00:00 | M  | M       | 1 | 4     | 4             | 1    | M        | NULL | NULL    | 0         | NULL   | NULL       |                                     |
-- | a | 10:01:00 | B  | A B     | 2 | 3     | 1.5           | 1    | A B      | 60   | A       | 1         | A      | 60         | the peers C and D come after it     |
-- | b | 10:01:00 | G  | G       | 1 | 3     | 3             | 1    | G        | NULL | NULL    | 0         | NULL   | NULL       |                                     |
-- | a | 10:01:00 | C  | A B C   | 3 | 3     | 1.5           | 2    | B C      | 0    | A       | 1         | A B    | 0          | C has no v                          |
-- | a | 10:01:00 | D  | B C D   | 3 | 10    | 5             | 1    | C D      | 0    | NULL    | 0         | A B C  | 0          | A is the fourth; all three are at t |
-- | a | 10:02:00 | E  | C D E   | 3 | 24    | 12            | 2    | D E      | 60   | C D     | 2         | B C D  | 60         |                                     |
-- | b | 10:02:00 | H  | G H     | 2 | 8     | 4             | 1    | G H      | 60   | G       | 1         | G      | 60         |                                     |
-- | b | 10:02:00 | I  | G H I   | 3 | 15    | 5             | 2    | H I      | 0    | G       | 1         | G H    | 0          |                                     |
-- | b | 10:03:00 | J  | H I J   | 3 | 21    | 7             | 2    | I J      | 60   | H I     | 2         | G H I  | 60         |                                     |
-- | a | 10:05:00 | F  | D E F   | 3 | 56    | 18.6666666667 | 1    | E F      | 180  | D E     | 2         | C D E  | 180        | WHERE takes L out; NULL is not ok   |
