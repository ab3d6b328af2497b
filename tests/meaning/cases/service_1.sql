-- A service reads every joined view at (its entity, the order's instant): cards twice, as the payer's and the payee's,
-- merchants as the newest row written on a close, NULL once older than 10 minutes. A NULL key gives NULL in every
-- column, a key never seen the empty window. P7 has no card and P8 no merchant: each counts where it has a key.
CREATE SOURCE payments (id VARCHAR, card VARCHAR, merchant VARCHAR, amount BIGINT, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 10 MINUTES)
  WITH ('connector' = 'files', 'path' = 'service_1.csv', 'format' = 'csv', 'bounded' = 'true');
CREATE SOURCE orders (id VARCHAR, account VARCHAR, payer VARCHAR, payee VARCHAR, merchant VARCHAR, at TIMESTAMP,
  WATERMARK FOR at AS at - INTERVAL 5 MINUTES)
  WITH ('connector' = 'files', 'path' = 'service_1_orders.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW placed ENTITY account AS SELECT id, payer, payee, merchant FROM orders EMIT ON EVENT;

CREATE FEATURE VIEW cards ENTITY card AS
SELECT
  amount,
  list(id)      OVER w AS members,
  count(*)      OVER w AS n,
  sum(amount)   OVER w AS total,
  since_last()  OVER w AS age
FROM payments WINDOW w AS (SLIDING SIZE 10 MINUTES) EMIT ON EVENT;

CREATE FEATURE VIEW merchants ENTITY merchant WITH ('valid.for' = '10 minutes') AS
SELECT list(id) OVER w AS ids, sum(amount) OVER w AS total
FROM payments WINDOW w AS (TUMBLING SIZE 10 MINUTES) EMIT ON WINDOW CLOSE;

CREATE FEATURE SERVICE orders_read AS
SELECT o.id, p.amount AS amount, p.members AS payer, p.n AS payer_n, p.age, q.members AS payee, q.n AS payee_n,
  p.total - coalesce(q.total, 0) AS ahead, m.*
FROM placed o
  JOIN cards p ON o.payer = p.card
  LEFT JOIN cards q ON o.payee = q.card
  JOIN merchants m ON o.merchant = m.merchant;

-- expect merchants
-- | merchant | as_of    | ids      | total | working                                  |
-- | s        | 10:10:00 | P1 P2 P7 | 35    | [10:00, 10:10): 5 + 7 + 23               |
-- | t        | 10:10:00 | P3       | 11    |                                          |
-- | s        | 10:20:00 | P5 P4 P6 | 49    | 17 + 13 + 19; of the peers P5 came first |
-- | t        | 10:30:00 | P9       | 31    |                                          |
-- | s        | 10:40:00 | P11      | NULL  |                                          |
-- | t        | 10:50:00 | P10      | 37    |                                          |
-- | s        | 11:00:00 | P12      | 41    |                                          |

-- expect orders_read
-- | account | at              | id  | amount | payer    | payer_n | age        | payee | payee_n | ahead | ids      | total | working                                        |
-- | m1      | 10:09:59.999999 | o1  | 29     | P1 P3 P8 | 3       | 119.999999 | P2    | 1       | 38    | NULL     | NULL  | 45 - 7; nothing of s is closed yet             |
-- | m1      | 10:10:00        | o2  | 13     | P3 P8 P4 | 3       | 0          | P2 P5 | 2       | 29    | P1 P2 P7 | 35    | P1 out, P4 and P5 at t; s closed at t; 53 - 24 |
-- | m2      | 10:15:00        | o6  | NULL   | NULL     | 0       | NULL       | NULL  | NULL    | NULL  | NULL     | NULL  | payer never seen; payee and merchant NULL      |
-- | m1      | 10:20:00        | o3  | 17     | NULL     | 0       | NULL       | P6    | 1       | NULL  | P3       | 11    | P5 out; of t the row is exactly 10 minutes old |
-- | m2      | 10:20:00        | o5  | NULL   | NULL     | NULL    | NULL       | NULL  | 0       | NULL  | P5 P4 P6 | 49    | payer NULL                                     |
-- | m2      | 10:20:00.000001 | o4  | 19     | P6       | 1       | 2e-06      | P6    | 1       | 0     | NULL     | NULL  | x pays x; the row of t is 1 µs too old         |
-- | m3      | 10:30:00        | o7  | NULL   | NULL     | 0       | NULL       | P9    | 1       | NULL  | NULL     | NULL  | w comes at 10:59; merchant u never             |
-- | m1      | 10:39:59.999999 | o10 | NULL   | P11      | 1       | 599.999999 | NULL  | 0       | NULL  | NULL     | NULL  | P11 has no amount; s of 10:20 is too old       |
-- | m3      | 10:40:00        | o8  | NULL   | NULL     | 0       | NULL       | NULL  | 0       | NULL  | P9       | 31    | P11 out; of t the row of 10:30                 |
-- | m1      | 10:40:00        | o11 | NULL   | NULL     | 0       | NULL       | NULL  | 0       | NULL  | P11      | NULL  | s closed at t                                  |
-- | m4      | 11:00:00        | o12 | 41     | P12      | 1       | 60         | NULL  | 0       | 41    | P12      | 41    | 41 - 0; P10 is 15 minutes old                  |
