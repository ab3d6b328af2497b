-- Sessions with a gap of 30 minutes, cut each hour from their first event on. The first, from 10:00 to 12:05, comes in three
-- pieces, the second in two. A piece closes when it is cut, or 30 minutes after its last event where that is sooner.
-- Each piece counts as a session, and its first event is where it starts.
CREATE SOURCE events (id VARCHAR, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'session_max_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW counted ENTITY k AS
SELECT
  id,
  count(*)           OVER w AS n,
  session_index()    OVER w AS number,
  session_duration() OVER w AS seconds,
  rate(*, '1 hour')  OVER w AS per_hour,
  count(*)           OVER x AS others,
  session_index()    OVER x AS number_before,
  session_duration() OVER y AS seconds_before
FROM events
WINDOW w AS (SESSION GAP 30 MINUTES MAX 1 HOUR), x AS (SESSION GAP 30 MINUTES MAX 1 HOUR EXCLUDE CURRENT GROUP),
       y AS (SESSION GAP 30 MINUTES MAX 1 HOUR EXCLUDE CURRENT ROW);

CREATE FEATURE VIEW closed ENTITY k AS
SELECT
  window_start, window_end,
  count(*)           OVER w AS n,
  session_index()    OVER w AS number,
  session_duration() OVER w AS seconds,
  list(id)           OVER w AS members,
  count(*)           OVER (GLOBAL) AS seen,
  epoch_us(window_end) - epoch_us(window_start) AS length
FROM events WINDOW w AS (SESSION GAP 30 MINUTES MAX 1 HOUR) EMIT ON WINDOW CLOSE;

-- expect counted
-- | k | ts              | id | n | number | seconds     | per_hour      | others | number_before | seconds_before | working                             |
-- | a | 10:00:00        | A  | 1 | 1      | 0           | NULL          | 0      | NULL          | NULL           |                                     |
-- | a | 10:20:00        | B  | 2 | 1      | 1200        | 6             | 1      | 1             | 0              |                                     |
-- | a | 10:45:00        | C  | 3 | 1      | 2700        | 4             | 2      | 1             | 1200           |                                     |
-- | a | 10:59:59.999999 | D  | 4 | 1      | 3599.999999 | 4.00000000111 | 3      | 1             | 2700           |                                     |
-- | a | 11:00:00        | E  | 1 | 2      | 0           | NULL          | 0      | NULL          | NULL           | cut: 11:00 is an hour after A       |
-- | a | 11:25:00        | F  | 2 | 2      | 1500        | 4.8           | 1      | 2             | 0              |                                     |
-- | a | 11:40:00        | G  | 3 | 2      | 2400        | 4.5           | 2      | 2             | 1500           |                                     |
-- | a | 12:05:00        | H  | 1 | 3      | 0           | NULL          | 0      | NULL          | NULL           | cut again at 12:00                  |
-- | a | 12:36:00        | I  | 1 | 4      | 0           | NULL          | 0      | NULL          | NULL           | 31 minutes after H: another session |
-- | a | 13:00:00        | J  | 2 | 4      | 1440        | 5             | 1      | 4             | 0              |                                     |
-- | a | 13:29:00        | K  | 3 | 4      | 3180        | 3.39622641509 | 2      | 4             | 1440           |                                     |
-- | a | 13:36:00        | L  | 1 | 5      | 0           | NULL          | 0      | NULL          | NULL           | cut: an hour after I                |

-- expect closed
-- | k | as_of    | window_start | window_end | n | number | seconds     | members | seen | length     | working                          |
-- | a | 11:00:00 | 10:00:00     | 11:00:00   | 4 | 1      | 3599.999999 | A B C D | 4    | 3600000000 | cut                              |
-- | a | 12:00:00 | 11:00:00     | 12:00:00   | 3 | 2      | 2400        | E F G   | 7    | 3600000000 | cut, before 12:10                |
-- | a | 12:35:00 | 12:05:00     | 12:35:00   | 1 | 3      | 0           | H       | 8    | 1800000000 | 30 minutes after H, before 13:00 |
-- | a | 13:36:00 | 12:36:00     | 13:36:00   | 3 | 4      | 3180        | I J K   | 11   | 3600000000 | cut                              |
-- | a | 14:06:00 | 13:36:00     | 14:06:00   | 1 | 5      | 0           | L       | 12   | 1800000000 |                                  |
