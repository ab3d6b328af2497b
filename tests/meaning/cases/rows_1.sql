-- ROWS 2 PRECEDING holds the row and the two before it in total order: of the peers B, C and D none sees those after
-- itself. EXCLUDE CURRENT GROUP takes ts = t out of the three, EXCLUDE CURRENT ROW leaves the two before the row.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'rows_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW framed ENTITY k AS
SELECT
  id,
  list(id)              OVER w AS members,
  count(*)              OVER w AS n,
  sum(v)                OVER w AS total,
  avg(v)                OVER w AS mean,
  since_last()          OVER w AS gap,
  list(id)              OVER x AS earlier,
  list(id)              OVER y AS others,
  list(id)              OVER z AS lagged
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW),
       x AS (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE CURRENT GROUP),
       y AS (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW),
       z AS (ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING)
EMIT ON EVENT;

-- expect framed
-- | k | ts       | id | members | n | total | mean          | gap  | earlier | others | lagged | working            |
-- | a | 10:00:00 | A  | A       | 1 | 1     | 1             | NULL | NULL    | NULL   | NULL   |                    |
-- | b | 10:00:00 | G  | G       | 1 | 3     | 3             | NULL | NULL    | NULL   | NULL   |                    |
-- | c | 10:00:00 | M  | M       | 1 | 4     | 4             | NULL | NULL    | NULL   | NULL   |                    |
-- | a | 10:01:00 | B  | A B     | 2 | 3     | 1.5           | 60   | A       | A      | A      |                    |
-- | a | 10:01:00 | C  | A B C   | 3 | 3     | 1.5           | 0    | A       | A B    | A B    | C has no v         |
-- | a | 10:01:00 | D  | B C D   | 3 | 10    | 5             | 0    | NULL    | B C    | A B C  | all three are at t |
-- | a | 10:02:00 | E  | C D E   | 3 | 24    | 12            | 60   | C D     | C D    | B C D  |                    |
-- | b | 10:02:00 | H  | G H     | 2 | 8     | 4             | 120  | G       | G      | G      |                    |
-- | b | 10:02:00 | I  | G H I   | 3 | 15    | 5             | 0    | G       | G H    | G H    |                    |
-- | b | 10:03:00 | J  | H I J   | 3 | 21    | 7             | 60   | H I     | H I    | G H I  |                    |
-- | a | 10:10:00 | F  | D E F   | 3 | 56    | 18.6666666667 | 480  | D E     | D E    | C D E  | WHERE takes L out  |
