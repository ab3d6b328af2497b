-- Words of sessions with a gap of 2 minutes that leave out the current group. Where an event begins a session nothing is
-- left in the window, so that it has no number: session_index is NULL, as it is of no rows. The group left out still
-- counts as a session once others follow.
CREATE SOURCE events (id VARCHAR, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE)
  WITH ('connector' = 'files', 'path' = 'session_3.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW visits ENTITY k AS
SELECT id, count(*) OVER w AS n, session_index() OVER w AS visit, session_duration() OVER w AS seconds,
  session_index() OVER v AS own
FROM events
WINDOW w AS (SESSION GAP 2 MINUTES EXCLUDE CURRENT GROUP), v AS (SESSION GAP 2 MINUTES);

-- expect visits
-- | k | ts       | id | n | visit | seconds | own | working                        |
-- | a | 10:00:00 | A  | 0 | NULL  | NULL    | 1   | B is of the same group         |
-- | a | 10:00:00 | B  | 0 | NULL  | NULL    | 1   |                                |
-- | b | 10:01:00 | H  | 0 | NULL  | NULL    | 1   |                                |
-- | b | 10:02:00 | I  | 1 | 1     | 0       | 1   | H                              |
-- | a | 10:03:00 | C  | 0 | NULL  | NULL    | 2   | 3 minutes after B              |
-- | a | 10:05:00 | D  | 1 | 2     | 0       | 2   | C; exactly 2 minutes after it  |
-- | b | 10:09:00 | J  | 0 | NULL  | NULL    | 2   |                                |
-- | b | 10:09:00 | K  | 0 | NULL  | NULL    | 2   |                                |
-- | a | 10:10:00 | E  | 0 | NULL  | NULL    | 3   |                                |
-- | a | 10:10:00 | F  | 0 | NULL  | NULL    | 3   |                                |
-- | a | 10:11:00 | G  | 2 | 3     | 0       | 3   | E F                            |
-- | b | 10:20:00 | L  | 0 | NULL  | NULL    | 3   |                                |
-- | b | 10:21:30 | M  | 1 | 3     | 0       | 3   | L                              |
-- | b | 10:23:30 | N  | 2 | 3     | 90      | 3   | L M; exactly 2 minutes after M |
