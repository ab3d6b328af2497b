-- A sliding window of 5 minutes holds ts in (t - 5 min, t]: A is out exactly 5 minutes later, B (1 µs younger) is in.
-- Peers see each other. K has no entity, WHERE takes L out. A comes when the watermark stands exactly at its time,
-- so it is not late; Z is 1 µs older than the watermark then, so it is late.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'sliding_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW moving ENTITY k AS
SELECT
  id,
  list(id)                    OVER w AS members,
  count(*)                    OVER w AS n,
  count(v)                    OVER w AS given,
  sum(v)                      OVER w AS total,
  count(*) FILTER (WHERE ok)  OVER w AS good,
  since_last()                OVER w AS gap,
  list(id)                    OVER x AS earlier,
  count(*)                    OVER x AS n_earlier,
  list(id)                    OVER y AS others
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (SLIDING SIZE 5 MINUTES), x AS (SLIDING SIZE 5 MINUTES EXCLUDE CURRENT GROUP),
       y AS (SLIDING SIZE 5 MINUTES EXCLUDE CURRENT ROW)
EMIT ON EVENT;

-- expect moving
-- | k | ts              | id | members | n | given | total | good | gap        | earlier | n_earlier | others | working                                                                          |
-- | a | 10:00:00        | A  | A       | 1 | 1     | 1     | 1    | NULL       | NULL    | 0         | NULL   | (09:55:00, 10:00:00]                                                             |
-- | a | 10:00:00.000001 | B  | A B     | 2 | 2     | 3     | 1    | 1e-06      | A       | 1         | A      | B is not ok                                                                      |
-- | a | 10:05:00        | C  | B C D   | 3 | 2     | 6     | 2    | 0          | B       | 1         | B D    | (10:00:00, 10:05:00]: A is exactly 5 minutes old; D has no v; D is a peer: gap 0 |
-- | b | 10:05:00        | H  | H       | 1 | 1     | 5     | 1    | NULL       | NULL    | 0         | NULL   | another entity                                                                   |
-- | a | 10:05:00        | D  | B C D   | 3 | 2     | 6     | 2    | 0          | B       | 1         | B C    | as C                                                                             |
-- | a | 10:05:00.000001 | E  | C D E   | 3 | 2     | 12    | 2    | 1e-06      | C D     | 2         | C D    | (10:00:00.000001, ..]: now B is exactly 5 minutes old                            |
-- | b | 10:07:30        | I  | H I     | 2 | 1     | 5     | 1    | 150        | H       | 1         | H      | I has no v, and NULL is not ok                                                   |
-- | a | 10:10:00        | F  | E F     | 2 | 2     | 24    | 1    | 299.999999 | E       | 1         | E      | (10:05:00, 10:10:00]: C and D out, E in                                          |
-- | b | 10:10:00        | J  | I J     | 2 | 1     | 7     | 0    | 150        | I       | 1         | I      | H out                                                                            |
-- | a | 10:20:00        | G  | G M     | 2 | 2     | 96    | 2    | 0          | NULL    | 0         | M      | its peer M counts                                                                |
-- | a | 10:20:00        | M  | G M     | 2 | 2     | 96    | 2    | 0          | NULL    | 0         | G      | as G                                                                             |
