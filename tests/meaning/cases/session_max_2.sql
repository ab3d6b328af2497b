-- Reads and closes at the very edges of a session that is cut each hour from its first event on: at the cut it is empty
-- until another event comes, a gap of exactly 30 minutes goes on, and an event that comes at the watermark joins the
-- session that was cut before: D is 30 minutes after C, so the next cut is at 12:00. What has no entity is in no session.
CREATE SOURCE events (id VARCHAR, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 'session_max_2.csv', 'format' = 'csv', 'bounded' = 'true');
CREATE SOURCE asks (id VARCHAR, k VARCHAR, at TIMESTAMP, WATERMARK FOR at AS at)
  WITH ('connector' = 'files', 'path' = 'session_max_2_asks.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW visits ENTITY k AS
SELECT count(*) OVER w AS n, list(id) OVER w AS ids
FROM events WINDOW w AS (SESSION GAP 30 MINUTES MAX 1 HOUR) EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY id AS SELECT k FROM asks EMIT ON EVENT;

CREATE FEATURE VIEW closed ENTITY k AS
SELECT count(*) OVER w AS n, list(id) OVER w AS ids
FROM events WINDOW w AS (SESSION GAP 30 MINUTES MAX 1 HOUR) EMIT ON WINDOW CLOSE;

CREATE FEATURE SERVICE answers AS SELECT q.k, v.n, v.ids FROM asked q JOIN visits v ON q.k = v.k;

-- expect answers
-- | id | at              | k | n | ids   | working                         |
-- | q3 | 10:40:00        | b | 1 | P     | exactly 30 minutes after P      |
-- | q4 | 10:40:00.000001 | b | 0 | NULL  |                                 |
-- | q1 | 10:59:59.999999 | a | 3 | A B C |                                 |
-- | q2 | 11:00:00        | a | 0 | NULL  | cut, an hour after A            |
-- | q5 | 11:20:00        | a | 1 | D     | D is at t                       |
-- | q7 | 11:59:59.999999 | a | 2 | D E   |                                 |
-- | q6 | 12:00:00        | a | 1 | F     | cut, and F is at t              |

-- expect closed
-- | k | as_of    | n | ids   | working                    |
-- | b | 10:40:00 | 1 | P     |                            |
-- | a | 11:00:00 | 3 | A B C | cut                        |
-- | z | 11:50:00 | 1 | N     |                            |
-- | a | 12:00:00 | 2 | D E   | cut, an hour after the cut |
-- | a | 12:30:00 | 1 | F     |                            |
