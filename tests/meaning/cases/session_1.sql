-- Sessions with a gap of 5 minutes, on their events: exactly 5 minutes still joins (A to B, E to F, K to L), 1 µs more
-- opens a new one (C to D, J to K). A session is current up to its last event + 5 minutes, inclusive. A rate divides by
-- t - the first event's ts, and is NULL at 0.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'session_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW visits ENTITY k AS
SELECT
  id,
  list(id)                      OVER w AS members,
  count(*)                      OVER w AS n,
  sum(v)                        OVER w AS total,
  count(*) FILTER (WHERE v > 2) OVER w AS big,
  rate(*, '1 minute')           OVER w AS per_minute,
  since_last()                  OVER w AS gap,
  list(id)                      OVER x AS earlier,
  count(*)                      OVER x AS n_earlier
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (SESSION GAP 5 MINUTES), x AS (SESSION GAP 5 MINUTES EXCLUDE CURRENT GROUP)
EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask' EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS SELECT asked.id AS ask, visits.members, visits.n, visits.total, visits.gap
FROM asked JOIN visits USING (k);

-- expect visits
-- | k | ts              | id | members | n | total | big | per_minute     | gap        | earlier | n_earlier | working                                                      |
-- | a | 10:00:00        | A  | A       | 1 | 1     | 0   | NULL           | NULL       | NULL    | 0         | t is the first ts: no rate                                   |
-- | b | 10:04:00        | I  | I       | 1 | 3     | 1   | NULL           | NULL       | NULL    | 0         |                                                              |
-- | a | 10:05:00        | B  | A B C   | 3 | 3     | 0   | 0.6            | 0          | A       | 1         | exactly 5 minutes after A; 3 in 5 minutes; its peer C: gap 0 |
-- | a | 10:05:00        | C  | A B C   | 3 | 3     | 0   | 0.6            | 0          | A       | 1         |                                                              |
-- | b | 10:08:59.999999 | J  | I J     | 2 | 8     | 2   | 0.400000001333 | 299.999999 | I       | 1         | 120 / 299.999999                                             |
-- | a | 10:10:00.000001 | D  | D       | 1 | 8     | 1   | NULL           | NULL       | NULL    | 0         | 1 µs too late for A B C                                      |
-- | a | 10:12:00        | E  | D E     | 2 | 24    | 2   | 1.00000000833  | 119.999999 | D       | 1         | 120 / 119.999999                                             |
-- | b | 10:14:00        | K  | K       | 1 | 7     | 1   | NULL           | NULL       | NULL    | 0         | 1 µs too late for I J                                        |
-- | a | 10:17:00        | F  | D E F   | 3 | 56    | 3   | 0.428571429592 | 300        | D E     | 2         | exactly 5 minutes after E; 180 / 419.999999                  |
-- | b | 10:19:00        | L  | K L     | 2 | 16    | 2   | 0.4            | 300        | K       | 1         | exactly 5 minutes after K                                    |
-- | a | 10:30:00        | G  | G H     | 2 | 192   | 2   | NULL           | 0          | NULL    | 0         | G and H open one together                                    |
-- | a | 10:30:00        | H  | G H     | 2 | 192   | 2   | NULL           | 0          | NULL    | 0         |                                                              |

-- expect answers
-- | k | ts              | ask | members | n | total | gap  | working                              |
-- | a | 09:59:00        | q1  | NULL    | 0 | NULL  | NULL | before the first event               |
-- | z | 10:00:00        | q12 | NULL    | 0 | NULL  | NULL | never seen                           |
-- | a | 10:05:00        | q2  | A B C   | 3 | 3     | 0    |                                      |
-- | a | 10:10:00        | q3  | A B C   | 3 | 3     | 300  | C + exactly 5 minutes: still current |
-- | a | 10:10:00.000001 | q4  | D       | 1 | 8     | 0    | D is at this instant                 |
-- | b | 10:13:59.999999 | q5  | I J     | 2 | 8     | 300  | J + exactly 5 minutes                |
-- | b | 10:14:00        | q6  | K       | 1 | 7     | 0    |                                      |
-- | a | 10:22:00        | q9  | D E F   | 3 | 56    | 300  | F + exactly 5 minutes                |
-- | a | 10:22:00.000001 | q10 | NULL    | 0 | NULL  | NULL | over                                 |
-- | b | 10:24:00        | q7  | K L     | 2 | 16    | 300  | L + exactly 5 minutes                |
-- | b | 10:24:00.000001 | q8  | NULL    | 0 | NULL  | NULL | over                                 |
-- | a | 10:35:00        | q11 | G H     | 2 | 192   | 300  |                                      |
