-- A global window asked at instants without a row of their own: ts = t counts, 1 µs later does not. since_last grows with
-- the clock, and since_last(ok) looks for the newest event that is ok.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'global_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW life ENTITY k WITH ('recompute' = 'allowed') AS
SELECT
  id AS newest,
  list(id)                  OVER w AS members,
  count(*)                  OVER w AS n,
  sum(v)                    OVER w AS total,
  since_last()              OVER w AS age,
  since_last(ok)            OVER w AS age_ok,
  count(*)                  OVER x AS n_before,
  list(id)                  OVER x AS before
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (GLOBAL), x AS (GLOBAL EXCLUDE CURRENT GROUP)
EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask' EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS SELECT asked.id AS ask, life.* FROM asked JOIN life USING (k);

-- expect answers
-- | k | ts              | ask | newest | members   | n | total | age          | age_ok      | n_before | before  | working                         |
-- | a | 09:59:59.999999 | q1  | NULL   | NULL      | 0 | NULL  | NULL         | NULL        | 0        | NULL    | before the first event          |
-- | a | 10:00:00        | q2  | A      | A         | 1 | 1     | 0            | 0           | 0        | NULL    | ts = t counts                   |
-- | b | 10:15:00        | q6  | F      | E F       | 2 | 7     | 0            | NULL        | 0        | NULL    | neither is ok                   |
-- | a | 10:30:00        | q3  | C      | A B C     | 3 | 3     | 0            | 0           | 1        | A       | C is ok, and at t               |
-- | z | 10:30:00        | q11 | NULL   | NULL      | 0 | NULL  | NULL         | NULL        | 0        | NULL    | never seen                      |
-- | a | 10:30:00.000001 | q4  | C      | A B C     | 3 | 3     | 1e-06        | 1e-06       | 3        | A B C   |                                 |
-- | c | 11:00:00        | q10 | G      | G         | 1 | 5     | 0            | 0           | 0        | NULL    |                                 |
-- | a | 12:00:00        | q5  | D      | A B C D   | 4 | 11    | 3600         | 5400        | 4        | A B C D | D is not ok, C at 10:30 is      |
-- | b | 13:59:59.999999 | q7  | F      | E F       | 2 | 7     | 13499.999999 | NULL        | 2        | E F     | 3:44:59.999999 since 10:15      |
-- | a | 14:00:00        | q12 | H      | A B C D H | 5 | 27    | 0            | 0           | 4        | A B C D | WHERE takes L out               |
-- | b | 14:00:00        | q8  | J      | E F J     | 3 | 14    | 0            | NULL        | 2        | E F     | J's ok is NULL; I is 1 µs later |
-- | b | 15:00:00        | q9  | I      | E F J I   | 4 | 20    | 3599.999999  | 3599.999999 | 4        | E F J I |                                 |
