-- A global window holds every event with ts <= t, peers too. last keeps a NULL; EXCLUDE CURRENT GROUP takes ts = t out,
-- EXCLUDE CURRENT ROW the row itself.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'global_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW life ENTITY k WITH ('recompute' = 'allowed') AS
SELECT
  id,
  list(id)                    OVER w AS members,
  count(*)                    OVER w AS n,
  sum(v)                      OVER w AS total,
  count(*) FILTER (WHERE ok)  OVER w AS good,
  last_n(id, 3)               OVER w AS last_three,
  first(id)                   OVER w AS oldest,
  last(v)                     OVER w AS newest_v,
  since_last()                OVER w AS gap,
  list(id)                    OVER x AS earlier,
  count(*)                    OVER x AS n_earlier,
  list(id)                    OVER y AS others
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (GLOBAL), x AS (GLOBAL EXCLUDE CURRENT GROUP), y AS (UNBOUNDED EXCLUDE CURRENT ROW)
EMIT ON EVENT;

-- expect life
-- | k | ts              | id | members     | n | total | good | last_three | oldest | newest_v | gap   | earlier   | n_earlier | others    | working                                          |
-- | b | 09:00:00        | G  | G           | 1 | 3     | 1    | G          | G      | 3        | NULL  | NULL      | 0         | NULL      |                                                  |
-- | a | 10:00:00        | A  | A B         | 2 | 1     | 2    | A B        | A      | NULL     | 0     | NULL      | 0         | B         | the peer B counts and is the newest; it has no v |
-- | c | 10:00:00        | M  | M           | 1 | 2     | 1    | M          | M      | 2        | NULL  | NULL      | 0         | NULL      |                                                  |
-- | a | 10:00:00        | B  | A B         | 2 | 1     | 2    | A B        | A      | NULL     | 0     | NULL      | 0         | A         |                                                  |
-- | a | 10:00:00.000001 | C  | A B C       | 3 | 5     | 2    | A B C      | A      | 4        | 1e-06 | A B       | 2         | A B       | C is not ok                                      |
-- | a | 12:00:00        | D  | A B C D E   | 5 | 29    | 3    | C D E      | A      | 16       | 0     | A B C     | 3         | A B C E   | WHERE takes L out                                |
-- | b | 12:00:00        | H  | G H I       | 3 | 8     | 2    | G H I      | G      | NULL     | 0     | G         | 1         | G I       | ok: G and I                                      |
-- | a | 12:00:00        | E  | A B C D E   | 5 | 29    | 3    | C D E      | A      | 16       | 0     | A B C     | 3         | A B C D   | 1 + 4 + 8 + 16                                   |
-- | b | 12:00:00        | I  | G H I       | 3 | 8     | 2    | G H I      | G      | NULL     | 0     | G         | 1         | G H       |                                                  |
-- | a | 18:00:00        | F  | A B C D E F | 6 | 61    | 3    | D E F      | A      | 32       | 21600 | A B C D E | 5         | A B C D E | six hours; NULL is not ok                        |
-- | b | 20:00:00        | J  | G H I J     | 4 | 15    | 3    | H I J      | G      | 7        | 28800 | G H I     | 3         | G H I     |                                                  |
