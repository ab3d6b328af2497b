-- Windows over part of an entity: of the events of k, those count that have the m of the current row. D and E are peers.
-- F and H have no m: they are in no such window and see empty ones. An ask is no event of the view: its m is that of the
-- newest event, H's at P, J's at Q, L's at R; c has no event at all.
CREATE SOURCE events (id VARCHAR, k VARCHAR, m VARCHAR, what VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'sub_entity_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW parts ENTITY k AS
SELECT id, m, list(id) OVER w AS near, count(*) OVER w AS n, list(id) OVER before AS earlier, list(id) OVER last_two AS last_two,
  since_last() OVER life AS idle, count(*) OVER life / count(*) OVER whole AS share
FROM events WHERE what = 'event'
WINDOW w AS (PARTITION BY (k, m) SLIDING SIZE 10 MINUTES), before AS (PARTITION BY k, m SESSION GAP 6 MINUTES EXCLUDE CURRENT GROUP),
  last_two AS (PARTITION BY (m, k) LAST 2 ROWS), life AS (PARTITION BY (k, m) GLOBAL), whole AS (GLOBAL);

CREATE FEATURE VIEW thirds ENTITY k AS
SELECT list(id) OVER (PARTITION BY (k, m) GLOBAL) AS members FROM events WHERE what = 'event' EMIT EVERY 3 EVENTS;

CREATE FEATURE VIEW turns ENTITY k AS
SELECT list(id) OVER w AS members FROM events WHERE what = 'event'
WINDOW w AS (PARTITION BY (k, m) ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) EMIT WHEN len(members) = 2;

CREATE FEATURE VIEW asked ENTITY k AS SELECT id FROM events WHERE what = 'ask';

CREATE FEATURE SERVICE answers AS SELECT asked.id, parts.m, parts.near, parts.last_two, parts.n FROM asked JOIN parts USING (k);

-- expect parts
-- | k | id | m    | near  | n | earlier | last_two | idle | share          | working                           |
-- | a | A  | x    | A     | 1 | NULL    | A        | NULL | 1              |                                   |
-- | a | B  | y    | B     | 1 | NULL    | B        | NULL | 0.5            |                                   |
-- | b | C  | x    | C     | 1 | NULL    | C        | NULL | 1              |                                   |
-- | a | D  | x    | A D E | 3 | A       | A D      | 0    | 0.75           | E is a peer: idle is 0            |
-- | a | E  | x    | A D E | 3 | A       | D E      | 0    | 0.75           |                                   |
-- | a | F  | NULL | NULL  | 0 | NULL    | NULL     | NULL | 0              | no m                              |
-- | a | G  | y    | B G   | 2 | B       | B G      | 360  | 0.333333333333 | from 09:58; B is 6 minutes before |
-- | a | H  | NULL | NULL  | 0 | NULL    | NULL     | NULL | 0              | no m                              |
-- | b | I  | x    | C I   | 2 | NULL    | C I      | 420  | 1              | C is 7 minutes before             |
-- | a | J  | x    | D E J | 3 | A D E   | E J      | 360  | 0.5            | from 10:01                        |
-- | a | K  | x    | J K   | 2 | A D E J | J K      | 240  | 0.555555555556 | from 10:05, which is out          |
-- | a | L  | y    | L     | 1 | NULL    | G L      | 720  | 0.3            |                                   |

-- expect thirds
-- | k | as_of    | members   | working                 |
-- | a | 10:05:00 | A D E     | A B D: E is a peer of D |
-- | a | 10:08:00 | B G       | E F G                   |
-- | a | 10:15:00 | A D E J K | H J K                   |

-- expect turns
-- | k | as_of    | members | working                              |
-- | a | 10:05:00 | A D     | at D; E is no turn                   |
-- | a | 10:08:00 | B G     | F made it NULL                       |
-- | b | 10:10:00 | C I     |                                      |
-- | a | 10:11:00 | E J     | H made it NULL; K and L are no turns |

-- expect answers
-- | k | id | m    | near  | last_two | n | working                       |
-- | a | P  | NULL | NULL  | NULL     | 0 | H is the newest, and has no m |
-- | a | Q  | x    | D E J | E J      | 3 | as J, from 10:02              |
-- | a | R  | y    | L     | G L      | 1 | as L, from 10:14              |
-- | c | S  | NULL | NULL  | NULL     | 0 | no event                      |
