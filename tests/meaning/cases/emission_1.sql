-- The other times to write: at boundaries, at every third event, when a condition turns true, and with rows left out.
-- At a boundary T the value is that of the moment before it: C and D at 10:10 do not count at 10:10. I is no event of
-- these views. L has no key but is the source's newest event, so the last boundary is the first one after 11:03.
CREATE SOURCE events (id VARCHAR, k VARCHAR, what VARCHAR, v BIGINT, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'emission_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW pulse ENTITY k WITH ('valid.for' = '15 minutes') AS
SELECT list(id) OVER w AS members, count(*) FILTER (WHERE ok) OVER w AS good, since_last() OVER w AS idle
FROM events WHERE what = 'event' AND v > 0
WINDOW w AS (SLIDING SIZE 15 MINUTES)
EMIT EVERY 10 MINUTES;

CREATE FEATURE VIEW steady ENTITY k AS
SELECT list(id) OVER w AS members, count(*) OVER w AS n
FROM events WHERE what = 'event' AND v > 0
WINDOW w AS (SLIDING SIZE 15 MINUTES)
EMIT EVERY 30 MINUTES REPEAT;

CREATE FEATURE VIEW totals ENTITY k AS
SELECT list(id) OVER life AS members, list(id) OVER (LAST 2 ROWS) AS last_two
FROM events WHERE what = 'event' AND v > 0
WINDOW life AS (GLOBAL)
EMIT EVERY 30 MINUTES;

CREATE FEATURE VIEW thirds ENTITY k AS
SELECT list(id) OVER (LAST 2 ROWS) AS last_two, count(*) OVER life AS n, since_last() OVER life AS idle
FROM events WHERE what = 'event' AND v > 0
WINDOW life AS (GLOBAL)
EMIT EVERY 3 EVENTS;

CREATE FEATURE VIEW alarms ENTITY k AS
SELECT list(id) OVER w AS members, count(*) OVER w AS n
FROM events WHERE what = 'event' AND v > 0
WINDOW w AS (SLIDING SIZE 10 MINUTES)
EMIT WHEN n >= 2;

CREATE FEATURE VIEW odd ENTITY k AS
SELECT id, count(*) OVER life AS n
FROM events WHERE what = 'event' AND v > 0
WINDOW life AS (GLOBAL)
QUALIFY n % 2 = 1
EMIT ON EVENT;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask' EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS SELECT asked.id AS ask, pulse.members, pulse.good FROM asked JOIN pulse USING (k);

CREATE FEATURE SERVICE alarmed AS SELECT alarms.n, odd.n AS odd_n, thirds.n AS third_n
FROM alarms JOIN odd USING (k) JOIN thirds USING (k);

-- expect pulse
-- | k | as_of    | members | good | idle     | working                                                    |
-- | a | 10:10:00 | A B     | 1    | 360      | from 09:55                                                 |
-- | b | 10:10:00 | F       | 1    | 480      |                                                            |
-- | a | 10:20:00 | C D     | 2    | 600      | from 10:05                                                 |
-- | b | 10:20:00 | NULL    | 0    | NULL     | F has just left                                            |
-- | a | 10:30:00 | NULL    | 0    | NULL     | C and D have just left                                     |
-- | b | 10:30:00 | G       | 1    | 1e-06 |                                                            |
-- | b | 10:40:00 | G       | 1    | 600.000001 |                                                          |
-- | c | 10:40:00 | J       | 1    | 540      | I was never there                                          |
-- | a | 10:50:00 | E M     | 1    | 120      |                                                            |
-- | b | 10:50:00 | NULL    | 0    | NULL     | H, at 10:50, is not yet there                              |
-- | c | 10:50:00 | NULL    | 0    | NULL     |                                                            |
-- | a | 11:00:00 | E M     | 1    | 720      | from 10:45                                                 |
-- | b | 11:00:00 | H       | 1    | 600      |                                                            |
-- | a | 11:10:00 | NULL    | 0    | NULL     | the last boundary                                          |
-- | b | 11:10:00 | NULL    | 0    | NULL     |                                                            |

-- expect steady
-- | k | as_of    | members | n | working                                    |
-- | a | 10:30:00 | NULL    | 0 | from 10:15; A, at 10:00, is after 10:00    |
-- | b | 10:30:00 | G       | 1 |                                            |
-- | a | 11:00:00 | E M     | 2 |                                            |
-- | b | 11:00:00 | H       | 1 |                                            |
-- | c | 11:00:00 | NULL    | 0 | from 10:45; c is known since 10:31         |
-- | a | 11:30:00 | NULL    | 0 | the first boundary after 11:03             |
-- | b | 11:30:00 | NULL    | 0 |                                            |
-- | c | 11:30:00 | NULL    | 0 |                                            |

-- expect totals
-- | k | as_of    | members     | last_two | working                             |
-- | a | 10:30:00 | A B C D     | C D      | a window that is never empty again  |
-- | b | 10:30:00 | F G         | F G      |                                     |
-- | a | 11:00:00 | A B C D E M | E M      |                                     |
-- | b | 11:00:00 | F G H       | G H      |                                     |
-- | c | 11:00:00 | J           | J        |                                     |
-- | a | 11:30:00 | A B C D E M | E M      |                                     |
-- | b | 11:30:00 | F G H       | G H      |                                     |
-- | c | 11:30:00 | J           | J        |                                     |

-- expect thirds
-- | k | as_of    | last_two | n | idle        | working                                    |
-- | a | 10:10:00 | B C      | 4 | 0           | C is the third; its peer D counts as well  |
-- | a | 10:48:00 | E M      | 6 | 60          | M is the sixth                             |
-- | b | 10:50:00 | G H      | 3 | 1200.000001 |                                            |

-- expect alarms
-- | k | as_of    | members | n | working                                       |
-- | a | 10:04:00 | A B     | 2 | C and D find it true already; E makes it false |
-- | a | 10:48:00 | E M     | 2 |                                               |

-- expect odd
-- | k | ts              | id | n | working                                 |
-- | a | 10:00:00        | A  | 1 |                                         |
-- | b | 10:02:00        | F  | 1 |                                         |
-- | c | 10:31:00        | J  | 1 |                                         |
-- | a | 10:47:00        | E  | 5 | C and D both count 4                    |
-- | b | 10:50:00        | H  | 3 |                                         |

-- expect answers
-- | k | ts              | ask | members | good | working                                 |
-- | a | 10:09:59.999999 | q2  | NULL    | NULL | no row yet                              |
-- | a | 10:10:00        | q1  | A B     | 1    | the row of 10:10                        |
-- | b | 10:35:00        | q3  | G       | 1    | the row of 10:30                        |
-- | a | 10:45:00        | q4  | NULL    | 0    | the row of 10:30, valid for 15 minutes  |
-- | a | 10:45:00.000001 | q5  | NULL    | NULL | too old                                 |
-- | z | 11:00:00        | q6  | NULL    | NULL |                                         |

-- expect alarmed
-- | k | as_of    | n | odd_n | third_n | working                                                           |
-- | a | 10:04:00 | 2 | 2     | NULL    | odd is read as it is at 10:04, whatever it wrote; thirds wrote nothing |
-- | a | 10:48:00 | 2 | 6     | 6       |                                                                   |
