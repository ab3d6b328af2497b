-- Views over views: the rows that one writes are the events of the next, at their own instants. Rows of cards have the
-- order of the payments behind them; rows of tens, which no payment drives, are ordered by (instant, card). P9 has no
-- card and so no row in cards, P11 no shop and so none in shops, and P14 is late.
CREATE SOURCE payments (id VARCHAR, card VARCHAR, shop VARCHAR, amount BIGINT, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 MINUTES)
  WITH ('connector' = 'files', 'path' = 'views_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW halves ENTITY card AS
SELECT count(*) OVER w AS n, max(total) OVER w AS total
FROM sizes WINDOW w AS (TUMBLING SIZE 30 MINUTES) EMIT ON WINDOW CLOSE;

CREATE FEATURE VIEW sizes ENTITY n WITH ('recompute' = 'allowed') AS
SELECT card, last_n(card, 3) OVER (LAST 3 ROWS) AS cards, sum(spent) OVER (GLOBAL) AS total FROM tens;

CREATE FEATURE VIEW tens ENTITY card AS
SELECT count(*) OVER w AS n, sum(amount) OVER w AS spent
FROM payments WINDOW w AS (TUMBLING SIZE 10 MINUTES) EMIT ON WINDOW CLOSE;

CREATE FEATURE VIEW shops ENTITY shop AS
SELECT id, card, max(n) OVER w AS busiest, list(card) OVER (LAST 3 ROWS) AS cards, since_last() OVER (GLOBAL) AS idle
FROM cards c WINDOW w AS (SLIDING SIZE 10 MINUTES);

CREATE FEATURE VIEW cards ENTITY card AS
SELECT id, shop, count(*) OVER (SLIDING SIZE 10 MINUTES) AS n FROM payments;

-- Each question to cards hangs on rows of cards, through shops.
CREATE FEATURE SERVICE read AS
SELECT s.id, s.busiest, c.n, t.spent FROM shops s JOIN cards c USING (card) JOIN tens t ON s.card = t.card;

-- expect cards
-- | card | ts       | id  | shop | n | working            |
-- | z    | 10:00:00 | P1  | x    | 1 |                    |
-- | m    | 10:02:00 | P2  | x    | 1 |                    |
-- | z    | 10:02:00 | P3  | y    | 2 | P1 P3              |
-- | z    | 10:06:00 | P4  | x    | 3 | P1 P3 P4           |
-- | m    | 10:10:00 | P5  | y    | 2 | P2 P5              |
-- | z    | 10:10:00 | P6  | x    | 3 | P1 out: P3 P4 P6   |
-- | d    | 10:10:00 | P7  | x    | 1 |                    |
-- | m    | 10:13:00 | P8  | x    | 2 | P5 P8              |
-- | d    | 10:21:00 | P10 | y    | 1 |                    |
-- | z    | 10:22:00 | P11 | NULL | 1 |                    |
-- | m    | 10:24:00 | P12 | x    | 1 |                    |
-- | z    | 10:35:00 | P13 | x    | 1 |                    |

-- expect shops
-- | shop | ts       | id  | card | busiest | cards | idle | working                                      |
-- | x    | 10:00:00 | P1  | z    | 1       | z     | NULL |                                              |
-- | x    | 10:02:00 | P2  | m    | 1       | z m   | 120  |                                              |
-- | y    | 10:02:00 | P3  | z    | 2       | z     | NULL |                                              |
-- | x    | 10:06:00 | P4  | z    | 3       | z m z | 240  |                                              |
-- | y    | 10:10:00 | P5  | m    | 2       | z m   | 480  | 2 of P3, 2 of P5                             |
-- | x    | 10:10:00 | P6  | z    | 3       | m z z | 0    | P1 out; P7 is a peer, and after it in order  |
-- | x    | 10:10:00 | P7  | d    | 3       | z z d | 0    |                                              |
-- | x    | 10:13:00 | P8  | m    | 3       | z d m | 180  | 3 of P4 and of P6                            |
-- | y    | 10:21:00 | P10 | d    | 1       | z m d | 660  |                                              |
-- | x    | 10:24:00 | P12 | m    | 1       | d m m | 660  |                                              |
-- | x    | 10:35:00 | P13 | z    | 1       | m m z | 660  |                                              |

-- expect tens
-- | card | as_of    | n | spent | working  |
-- | m    | 10:10:00 | 1 | 3     | P2       |
-- | z    | 10:10:00 | 3 | 11    | P1 P3 P4 |
-- | d    | 10:20:00 | 1 | 7     | P7       |
-- | m    | 10:20:00 | 2 | 3     | P5 P8    |
-- | z    | 10:20:00 | 1 | 6     | P6       |
-- | d    | 10:30:00 | 1 | 3     | P10      |
-- | m    | 10:30:00 | 1 | 1     | P12      |
-- | z    | 10:30:00 | 1 | 8     | P11      |
-- | z    | 10:40:00 | 1 | 2     | P13      |

-- expect sizes
-- | n | as_of    | card | cards | total | working                          |
-- | 1 | 10:10:00 | m    | m     | 3     |                                  |
-- | 3 | 10:10:00 | z    | z     | 11    |                                  |
-- | 1 | 10:20:00 | d    | m d   | 16    | 3 + 7 + 6: z of 10:20 is a peer  |
-- | 2 | 10:20:00 | m    | m     | 3     |                                  |
-- | 1 | 10:20:00 | z    | m d z | 16    |                                  |
-- | 1 | 10:30:00 | d    | d z d | 28    | 16 + 3 + 1 + 8                   |
-- | 1 | 10:30:00 | m    | z d m | 28    |                                  |
-- | 1 | 10:30:00 | z    | d m z | 28    |                                  |
-- | 1 | 10:40:00 | z    | m z z | 30    |                                  |

-- expect halves
-- | card | as_of    | n | total | working                        |
-- | d    | 10:30:00 | 1 | 16    | a row at 10:30 is not in it    |
-- | m    | 10:30:00 | 2 | 3     | 10:10 of 1, 10:20 of 2         |
-- | z    | 10:30:00 | 2 | 16    | 10:10 of 3, 10:20 of 1         |
-- | d    | 11:00:00 | 1 | 28    |                                |
-- | m    | 11:00:00 | 1 | 28    |                                |
-- | z    | 11:00:00 | 2 | 30    | 10:30 and 10:40                |

-- expect read
-- | shop | ts       | id  | busiest | n | spent | working                     |
-- | x    | 10:00:00 | P1  | 1       | 1 | NULL  |                             |
-- | x    | 10:02:00 | P2  | 1       | 1 | NULL  |                             |
-- | y    | 10:02:00 | P3  | 2       | 2 | NULL  |                             |
-- | x    | 10:06:00 | P4  | 3       | 3 | NULL  |                             |
-- | y    | 10:10:00 | P5  | 2       | 2 | 3     | m closed at t               |
-- | x    | 10:10:00 | P6  | 3       | 3 | 11    |                             |
-- | x    | 10:10:00 | P7  | 3       | 1 | NULL  |                             |
-- | x    | 10:13:00 | P8  | 3       | 2 | 3     |                             |
-- | y    | 10:21:00 | P10 | 1       | 1 | 7     |                             |
-- | x    | 10:24:00 | P12 | 1       | 1 | 3     |                             |
-- | x    | 10:35:00 | P13 | 1       | 1 | 8     | P11 in z's close at 10:30   |
