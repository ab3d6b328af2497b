-- A sliding window of 10 minutes asked at instants without a row of their own: q3 is 10 minutes after A to the µs,
-- q4 1 µs before that. q5 and q1 find the window empty, q10 asks for a key never seen, q11 for none at all (no row).
-- A rate divides by the size. newest is a plain column: of the newest event, in the window or not.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'sliding_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW recent ENTITY k AS
SELECT
  id AS newest,
  list(id)              OVER w AS members,
  count(*)              OVER w AS n,
  sum(v)                OVER w AS total,
  avg(v)                OVER w AS mean,
  min(v)                OVER w AS low,
  max(v)                OVER w AS high,
  rate(*, '1 minute')   OVER w AS per_minute,
  rate(v, '1 minute')   OVER w AS v_per_minute,
  since_last()          OVER w AS age,
  count(*)              OVER x AS n_before
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (SLIDING SIZE 10 MINUTES), x AS (SLIDING SIZE 10 MINUTES EXCLUDE CURRENT GROUP)
EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask' EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS SELECT asked.id, recent.* FROM asked JOIN recent USING (k);

-- expect recent
-- | k | ts              | newest | members | n | n_before | working                          |
-- | a | 09:00:00        | A      | A       | 1 | 0        |                                  |
-- | b | 09:00:00        | F      | F       | 1 | 0        |                                  |
-- | a | 09:04:00        | B      | A B C   | 3 | 1        | the peers B and C see each other |
-- | a | 09:04:00        | C      | A B C   | 3 | 1        |                                  |
-- | c | 09:05:00        | J      | J       | 1 | 0        |                                  |
-- | b | 09:09:59.999999 | G      | F G     | 2 | 1        | F is 9:59.999999 old             |
-- | b | 09:10:00        | H      | G H     | 2 | 1        | F is 10:00 old                   |
-- | a | 09:10:00        | D      | B C D   | 3 | 2        | A is 10:00 old                   |
-- | a | 09:14:00        | E      | D E     | 2 | 1        | B and C are 10:00 old            |
-- | b | 09:20:00        | I      | I       | 1 | 0        | H is 10:00 old                   |
-- | a | 09:30:00        | K      | K L     | 2 | 0        |                                  |
-- | a | 09:30:00        | L      | K L     | 2 | 0        |                                  |

-- expect answers
-- | k | ts              | id  | newest | members | n | total | mean | low  | high | per_minute | v_per_minute | age        | n_before | working                            |
-- | a | 08:59:59.999999 | q1  | NULL   | NULL    | 0 | NULL  | NULL | NULL | NULL | 0          | 0            | NULL       | 0        | before the first event             |
-- | a | 09:00:00        | q2  | A      | A       | 1 | 3     | 3    | 3    | 3    | 0.1        | 0.3          | 0          | 0        | ts = t counts, but not in n_before |
-- | c | 09:06:00        | q9  | J      | J       | 1 | 9     | 9    | 9    | 9    | 0.1        | 0.9          | 60         | 1        |                                    |
-- | z | 09:06:00        | q10 | NULL   | NULL    | 0 | NULL  | NULL | NULL | NULL | 0          | 0            | NULL       | 0        | never seen: the empty window       |
-- | a | 09:09:59.999999 | q4  | C      | A B C   | 3 | 9     | 4.5  | 3    | 6    | 0.3        | 0.9          | 359.999999 | 3        | (08:59:59.999999, ..]              |
-- | a | 09:10:00        | q3  | D      | B C D   | 3 | 7     | 3.5  | 1    | 6    | 0.3        | 0.7          | 0          | 2        | (09:00:00, ..]: A out              |
-- | b | 09:19:59.999999 | q8  | H      | H       | 1 | 5     | 5    | 5    | 5    | 0.1        | 0.5          | 599.999999 | 1        | G is exactly 10 minutes old        |
-- | b | 09:20:00        | q7  | I      | I       | 1 | 10    | 10   | 10   | 10   | 0.1        | 1            | 0          | 0        | H is exactly 10 minutes old        |
-- | a | 09:23:59.999999 | q6  | E      | E       | 1 | 8     | 8    | 8    | 8    | 0.1        | 0.8          | 599.999999 | 1        | E is 1 µs short of 10 minutes      |
-- | a | 09:24:00        | q5  | E      | NULL    | 0 | NULL  | NULL | NULL | NULL | 0          | 0            | NULL       | 0        | empty; newest is still E           |
-- | a | 09:30:00        | q12 | L      | K L     | 2 | 7     | 7    | 7    | 7    | 0.2        | 0.7          | 0          | 0        | both at t; L has no v              |
