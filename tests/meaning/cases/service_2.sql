-- A service driven by closes: at each close T of a tumbling window it reads a sliding window at T (an event at T
-- counts, though not in the bucket that closes) and the newest session closed by T, NULL once older than 5 minutes.
CREATE SOURCE events (id VARCHAR, k VARCHAR, v BIGINT, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'service_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW tens ENTITY k AS
SELECT list(id) OVER w AS ids, count(*) OVER w AS n FROM events WINDOW w AS (TUMBLING SIZE 10 MINUTES)
EMIT ON WINDOW CLOSE;

CREATE FEATURE VIEW recent ENTITY k AS
SELECT list(id) OVER w AS ids, count(*) OVER w AS n, sum(v) OVER w AS total
FROM events WINDOW w AS (SLIDING SIZE 10 MINUTES) EMIT ON EVENT;

CREATE FEATURE VIEW visits ENTITY k WITH ('valid.for' = '5 minutes') AS
SELECT list(id) OVER w AS ids, count(*) OVER w AS n FROM events WINDOW w AS (SESSION GAP 5 MINUTES)
EMIT ON WINDOW CLOSE;

CREATE FEATURE SERVICE summary AS
SELECT t.ids, t.n, r.ids AS recent, r.n AS recent_n, r.total AS recent_total, z.ids AS visit, z.n AS visit_n
FROM tens t JOIN recent r USING (k) JOIN visits z USING (k);

-- expect visits
-- | k | as_of    | ids         | n | working                               |
-- | t | 10:19:00 | G H         | 2 | H is exactly 5 minutes after G        |
-- | s | 10:25:00 | A B C D E F | 6 | 5, 5, 2, 5 and 3 minutes between them |
-- | t | 10:25:00 | I           | 1 | 6 minutes after H                     |
-- | t | 10:36:00 | J           | 1 |                                       |
-- | s | 10:45:00 | L           | 1 |                                       |

-- expect summary
-- | k | as_of    | ids   | n | recent | recent_n | recent_total | visit       | visit_n | working                                                  |
-- | s | 10:10:00 | A B   | 2 | B C    | 2        | 6            | NULL        | NULL    | (10:00, 10:10]: A out, C in; no session is closed        |
-- | t | 10:10:00 | G     | 1 | G      | 1        | 3            | NULL        | NULL    |                                                          |
-- | s | 10:20:00 | C D E | 3 | D E F  | 3        | 56           | NULL        | NULL    | F at T                                                   |
-- | t | 10:20:00 | H     | 1 | H I    | 2        | 12           | G H         | 2       | I at T                                                   |
-- | s | 10:30:00 | F     | 1 | NULL   | 0        | NULL         | A B C D E F | 6       | F is exactly 10 minutes old; the session's row exactly 5 |
-- | t | 10:30:00 | I     | 1 | NULL   | 0        | NULL         | I           | 1       |                                                          |
-- | t | 10:40:00 | J     | 1 | J      | 1        | 9            | J           | 1       |                                                          |
-- | s | 10:50:00 | L     | 1 | NULL   | 0        | NULL         | L           | 1       |                                                          |
