-- The newest 2 events with ts <= t, asked at instants without a row of their own, however old they are; EXCLUDE CURRENT
-- GROUP takes those at t out of the two.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'last_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW newest ENTITY k AS
SELECT
  id,
  list(id)        OVER w AS members,
  count(*)        OVER w AS n,
  sum(v)          OVER w AS total,
  since_last()    OVER w AS age,
  list(id)        OVER x AS before,
  count(*)        OVER x AS n_before
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (LAST 2 ROWS), x AS (LAST 2 ROWS EXCLUDE CURRENT GROUP)
EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask' EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS SELECT asked.id AS ask, newest.* FROM asked JOIN newest USING (k);

-- expect newest
-- | k | ts       | id | members | before | working                   |
-- | c | 10:00:00 | H  | H       | NULL   |                           |
-- | a | 10:00:00 | A  | A       | NULL   |                           |
-- | c | 10:00:00 | I  | H I     | NULL   | the peer J comes after it |
-- | c | 10:00:00 | J  | I J     | NULL   |                           |
-- | d | 10:00:00 | L  | L       | NULL   |                           |
-- | b | 10:05:00 | F  | F       | NULL   |                           |
-- | a | 10:10:00 | B  | A B     | A      |                           |
-- | a | 10:10:00 | C  | B C     | NULL   |                           |
-- | a | 10:10:00 | D  | C D     | NULL   |                           |
-- | b | 10:20:00 | G  | F G     | F      |                           |
-- | a | 11:00:00 | E  | D E     | D      |                           |

-- expect answers
-- | k | ts              | ask | id   | members | n | total | age        | before | n_before | working                                    |
-- | a | 09:59:00        | q1  | NULL | NULL    | 0 | NULL  | NULL       | NULL   | 0        | before the first event                     |
-- | c | 10:00:00        | q10 | J    | I J     | 2 | 13    | 0          | NULL   | 0        | of three peers the last two in total order |
-- | a | 10:00:00        | q2  | A    | A       | 1 | 1     | 0          | NULL   | 0        |                                            |
-- | z | 10:00:00        | q12 | NULL | NULL    | 0 | NULL  | NULL       | NULL   | 0        | never seen                                 |
-- | b | 10:05:00        | q8  | F    | F       | 1 | 3     | 0          | NULL   | 0        |                                            |
-- | a | 10:09:59.999999 | q3  | A    | A       | 1 | 1     | 599.999999 | A      | 1        |                                            |
-- | a | 10:10:00        | q4  | D    | C D     | 2 | 8     | 0          | NULL   | 0        | C has no v                                 |
-- | a | 10:10:00.000001 | q5  | D    | C D     | 2 | 8     | 1e-06      | C D    | 2        |                                            |
-- | b | 10:20:00        | q9  | G    | F G     | 2 | 8     | 0          | F      | 1        |                                            |
-- | a | 11:00:00        | q6  | E    | D E     | 2 | 24    | 0          | D      | 1        |                                            |
-- | d | 12:00:00        | q11 | L    | L       | 1 | 9     | 7200       | L      | 1        | WHERE takes M out                          |
-- | a | 15:00:00        | q7  | E    | D E     | 2 | 24    | 14400      | D E    | 2        | four hours later                           |
