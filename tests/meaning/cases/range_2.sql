-- Frames that end before the instant: [t - 10 min, t - 5 min], and everything up to t - 5 minutes; asked on events and at
-- instants without a row of their own.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'range_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW lagged ENTITY k WITH ('recompute' = 'allowed') AS
SELECT
  id,
  list(id)    OVER w AS members,
  count(*)    OVER w AS n,
  sum(v)      OVER w AS total,
  list(id)    OVER u AS settled
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (RANGE BETWEEN INTERVAL 10 MINUTES PRECEDING AND INTERVAL 5 MINUTES PRECEDING),
       u AS (RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 5 MINUTES PRECEDING)
EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask' EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS SELECT asked.id AS ask, lagged.* FROM asked JOIN lagged USING (k);

-- expect lagged
-- | k | ts              | id | members | n | total | settled   | working                                                           |
-- | a | 10:00:00        | A  | NULL    | 0 | NULL  | NULL      | [09:50, 09:55]                                                    |
-- | b | 10:00:00        | H  | NULL    | 0 | NULL  | NULL      |                                                                   |
-- | a | 10:00:00        | B  | NULL    | 0 | NULL  | NULL      |                                                                   |
-- | c | 10:00:00        | L  | NULL    | 0 | NULL  | NULL      |                                                                   |
-- | a | 10:05:00        | C  | A B     | 2 | 3     | A B       | [09:55, 10:00]: exactly 5 minutes old is in                       |
-- | a | 10:05:00.000001 | D  | A B     | 2 | 3     | A B       | up to 10:00:00.000001: C is too young                             |
-- | b | 10:07:00        | I  | H       | 1 | 3     | H         |                                                                   |
-- | a | 10:10:00        | E  | A B C   | 3 | 7     | A B C     | [10:00, 10:05]: exactly 10 minutes old is in; D is 1 µs too young |
-- | a | 10:10:00.000001 | F  | C D     | 2 | 12    | A B C D   | [10:00:00.000001, 10:05:00.000001]                                |
-- | b | 10:12:00        | J  | I       | 1 | 5     | H I       | [10:02, 10:07]                                                    |
-- | a | 10:15:00        | G  | C D E   | 3 | 28    | A B C D E | [10:05, 10:10]: F is 1 µs too young                               |

-- expect answers
-- | k | ts              | ask | id   | members | n | total | settled       | working                            |
-- | a | 10:04:59.999999 | q1  | B    | NULL    | 0 | NULL  | NULL          | up to 09:59:59.999999              |
-- | a | 10:05:00        | q2  | C    | A B     | 2 | 3     | A B           |                                    |
-- | a | 10:10:00        | q3  | E    | A B C   | 3 | 7     | A B C         |                                    |
-- | a | 10:20:00        | q5  | G    | E F G   | 3 | 80    | A B C D E F G | [10:10, 10:15]; F has no v         |
-- | z | 10:20:00        | q8  | NULL | NULL    | 0 | NULL  | NULL          | never seen                         |
-- | a | 10:20:00.000001 | q4  | G    | F G     | 2 | 64    | A B C D E F G | [10:10:00.000001, 10:15:00.000001] |
-- | a | 10:25:00        | q6  | G    | G       | 1 | 64    | A B C D E F G | [10:15, 10:20]                     |
-- | a | 10:25:00.000001 | q7  | G    | NULL    | 0 | NULL  | A B C D E F G | empty again                        |
