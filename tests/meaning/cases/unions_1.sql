-- A UNION ALL of two sources and a view that closes: rows of one time stand in the order of the branches, then in each
-- branch's own. P3 is left out by its branch, P5 has no card, and of the closes only those of more than one payment
-- are events. A row's _partition is three times its own plus the number of its branch.
CREATE SOURCE payments (id VARCHAR, card VARCHAR, amount BIGINT, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 MINUTES)
  WITH ('connector' = 'files', 'path' = 'unions_1.csv', 'format' = 'csv', 'bounded' = 'true');
CREATE SOURCE refunds (ref VARCHAR, holder VARCHAR, total BIGINT, at TIMESTAMP,
  WATERMARK FOR at AS at - INTERVAL 2 MINUTES)
  WITH ('connector' = 'files', 'path' = 'unions_1_refunds.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW tens ENTITY card AS
SELECT count(*) OVER w AS n FROM payments WINDOW w AS (TUMBLING SIZE 10 MINUTES) EMIT ON WINDOW CLOSE;

CREATE FEATURE VIEW moves ENTITY card AS
SELECT id, sum(amount) FILTER (WHERE kind <> 'close') OVER w AS balance, count(*) OVER w AS n,
  list(id) OVER (LAST 3 ROWS) AS ids
FROM (
  SELECT id, card, 'pay' AS kind, amount, ts FROM payments WHERE amount > 0
  UNION ALL
  SELECT r.ref, holder, 'refund', -total, at AS ts FROM refunds r
  UNION ALL
  SELECT 'T', card, 'close', n, as_of AS ts FROM tens WHERE n > 1
) u
WINDOW w AS (SLIDING SIZE 10 MINUTES);

CREATE FEATURE SERVICE told AS SELECT m.id, t.n AS closed FROM moves m JOIN tens t USING (card);

-- expect moves
-- | card | ts       | id  | balance | n | ids        | _partition | _offset | working                           |
-- | x    | 10:00:00 | P1  | 10      | 1 | P1         | 0          | 0       |                                   |
-- | y    | 10:01:00 | P2  | 5       | 1 | P2         | 0          | 1       |                                   |
-- | y    | 10:03:00 | R2  | 0       | 2 | P2 R2      | 1          | 1       |                                   |
-- | x    | 10:05:00 | P4  | 12      | 4 | P1 P4      | 0          | 3       | 10 + 7 - 4 - 1: R1 and R3 are peers |
-- | x    | 10:05:00 | R1  | 12      | 4 | P1 P4 R1   | 1          | 0       |                                   |
-- | x    | 10:05:00 | R3  | 12      | 4 | P4 R1 R3   | 1          | 2       |                                   |
-- | y    | 10:10:00 | P6  | 2       | 3 | P2 R2 P6   | 0          | 5       |                                   |
-- | x    | 10:10:00 | R4  | 0       | 5 | R1 R3 R4   | 1          | 3       | P1 out: 7 - 4 - 1 - 2; the close of P1 P3 P4 |
-- | x    | 10:10:00 | T   | 0       | 5 | R3 R4 T    | 2          | 0       | x before y among the closes       |
-- | z    | 10:12:00 | R5  | -9      | 1 | R5         | 1          | 4       |                                   |
-- | x    | 10:16:00 | P7  | -1      | 3 | R4 T P7    | 0          | 6       |                                   |
-- | x    | 10:21:00 | P8  | 21      | 2 | T P7 P8    | 0          | 7       |                                   |
-- | y    | 10:22:00 | P9  | 1       | 1 | R2 P6 P9   | 0          | 8       |                                   |
-- | x    | 10:22:00 | P10 | 24      | 3 | P7 P8 P10  | 0          | 9       |                                   |
-- | y    | 10:30:00 | P11 | 5       | 2 | P6 P9 P11  | 0          | 11      |                                   |
-- | x    | 10:30:00 | T   | 23      | 3 | P8 P10 T   | 2          | 0       |                                   |
-- | x    | 10:31:00 | P12 | 9       | 3 | P10 T P12  | 0          | 10      | P8 of 10:21 is out                |

-- expect told
-- | card | ts       | id  | closed | working               |
-- | x    | 10:00:00 | P1  | NULL   |                       |
-- | y    | 10:01:00 | P2  | NULL   |                       |
-- | y    | 10:03:00 | R2  | NULL   |                       |
-- | x    | 10:05:00 | P4  | NULL   |                       |
-- | x    | 10:05:00 | R1  | NULL   |                       |
-- | x    | 10:05:00 | R3  | NULL   |                       |
-- | y    | 10:10:00 | P6  | 1      |                       |
-- | x    | 10:10:00 | R4  | 3      |                       |
-- | x    | 10:10:00 | T   | 3      |                       |
-- | z    | 10:12:00 | R5  | NULL   |                       |
-- | x    | 10:16:00 | P7  | 3      |                       |
-- | x    | 10:21:00 | P8  | 1      | P7 alone              |
-- | y    | 10:22:00 | P9  | 1      |                       |
-- | x    | 10:22:00 | P10 | 1      |                       |
-- | y    | 10:30:00 | P11 | 1      | P9 alone              |
-- | x    | 10:30:00 | T   | 2      | P8 P10                |
-- | x    | 10:31:00 | P12 | 2      |                       |
