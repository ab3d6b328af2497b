-- On an instant without a row of its own a ROWS frame ends at a virtual row after the newest event with ts <= t: the two
-- rows before it are the newest two events, CURRENT ROW alone is none, and 3 to 2 PRECEDING begins one event further back.
-- On an event the current row is the event.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'rows_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW framed ENTITY k AS
SELECT
  id,
  list(id)    OVER w AS members,
  count(*)    OVER w AS n,
  sum(v)      OVER w AS total,
  list(id)    OVER b AS before,
  list(id)    OVER f AS further,
  list(id)    OVER o AS own
FROM events WHERE what = 'event' AND (v IS NULL OR v > 0)
WINDOW w AS (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), b AS (ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING),
       f AS (ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING), o AS (ROWS BETWEEN CURRENT ROW AND CURRENT ROW)
EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask' EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS SELECT asked.id AS ask, framed.* FROM asked JOIN framed USING (k);

-- expect framed
-- | k | ts       | id | members | n | total | before | further | own | working |
-- | c | 10:00:00 | H  | H       | 1 | 4     | NULL   | NULL    | H   |         |
-- | a | 10:00:00 | A  | A       | 1 | 1     | NULL   | NULL    | A   |         |
-- | c | 10:00:00 | I  | H I     | 2 | 10    | H      | NULL    | I   |         |
-- | c | 10:00:00 | J  | H I J   | 3 | 17    | H I    | H       | J   |         |
-- | d | 10:00:00 | L  | L       | 1 | 9     | NULL   | NULL    | L   |         |
-- | b | 10:05:00 | F  | F       | 1 | 3     | NULL   | NULL    | F   |         |
-- | a | 10:10:00 | B  | A B     | 2 | 3     | A      | NULL    | B   |         |
-- | a | 10:10:00 | C  | A B C   | 3 | 3     | A B    | A       | C   |         |
-- | a | 10:10:00 | D  | B C D   | 3 | 10    | B C    | A B     | D   |         |
-- | b | 10:20:00 | G  | F G     | 2 | 8     | F      | NULL    | G   |         |
-- | a | 11:00:00 | E  | C D E   | 3 | 24    | C D    | B C     | E   |         |

-- expect answers
-- | k | ts              | ask | id   | members | n | total | before | further | own  | working                         |
-- | a | 09:59:00        | q1  | NULL | NULL    | 0 | NULL  | NULL   | NULL    | NULL | before the first event          |
-- | c | 10:00:00        | q10 | J    | I J     | 2 | 13    | I J    | H I     | NULL |                                 |
-- | a | 10:00:00        | q2  | A    | A       | 1 | 1     | A      | NULL    | NULL | A is one before the virtual row |
-- | z | 10:00:00        | q12 | NULL | NULL    | 0 | NULL  | NULL   | NULL    | NULL | never seen                      |
-- | b | 10:05:00        | q8  | F    | F       | 1 | 3     | F      | NULL    | NULL |                                 |
-- | a | 10:09:59.999999 | q3  | A    | A       | 1 | 1     | A      | NULL    | NULL |                                 |
-- | a | 10:10:00        | q4  | D    | C D     | 2 | 8     | C D    | B C     | NULL |                                 |
-- | a | 10:10:00.000001 | q5  | D    | C D     | 2 | 8     | C D    | B C     | NULL |                                 |
-- | b | 10:20:00        | q9  | G    | F G     | 2 | 8     | F G    | F       | NULL |                                 |
-- | a | 11:00:00        | q6  | E    | D E     | 2 | 24    | D E    | C D     | NULL |                                 |
-- | d | 12:00:00        | q11 | L    | L       | 1 | 9     | L      | NULL    | NULL |                                 |
-- | a | 15:00:00        | q7  | E    | D E     | 2 | 24    | D E    | C D     | NULL |                                 |
