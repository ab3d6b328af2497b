-- An entity of two columns: (1, 1 March), (1, 2 March), (2, 1 March) and (12, 1 March) are four entities. A NULL in either
-- column is no entity (E, F, K). The service names both columns; a NULL in either gives NULL in every column.
CREATE SOURCE events (id VARCHAR, shop BIGINT, day DATE, v BIGINT, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 MINUTES)
  WITH ('connector' = 'files', 'path' = 'entity_1.csv', 'format' = 'csv', 'bounded' = 'true');
CREATE SOURCE asks (id VARCHAR, shop BIGINT, due DATE, at TIMESTAMP, WATERMARK FOR at AS at - INTERVAL 5 MINUTES)
  WITH ('connector' = 'files', 'path' = 'entity_1_asks.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW recent ENTITY (shop, day) AS
SELECT id, list(id) OVER w AS members, count(*) OVER w AS n, sum(v) OVER w AS total
FROM events WINDOW w AS (SLIDING SIZE 10 MINUTES) EMIT ON EVENT;

CREATE FEATURE VIEW closed ENTITY (shop, day) AS
SELECT list(id) OVER w AS members, count(*) OVER w AS n, sum(v) OVER w AS total
FROM events WINDOW w AS (TUMBLING SIZE 10 MINUTES) EMIT ON WINDOW CLOSE;

CREATE FEATURE VIEW asked ENTITY id AS SELECT shop, due FROM asks EMIT ON EVENT;

CREATE FEATURE SERVICE answers AS
SELECT asked.shop, r.members AS recent, r.n AS recent_n, c.members AS closed, c.n AS closed_n
FROM asked
  JOIN recent r ON asked.due = r.day AND asked.shop = r.shop
  JOIN closed c ON asked.shop = c.shop AND c.day = asked.due;

-- expect recent
-- | shop | day        | ts       | id | members | n | total | working                              |
-- | 1    | 2024-03-01 | 10:00:00 | A  | A       | 1 | 1     |                                      |
-- | 1    | 2024-03-02 | 10:01:00 | B  | B       | 1 | 2     |                                      |
-- | 2    | 2024-03-01 | 10:02:00 | C  | C       | 1 | 4     |                                      |
-- | 1    | 2024-03-01 | 10:05:00 | D  | A D     | 2 | 9     |                                      |
-- | 1    | 2024-03-02 | 10:11:00 | H  | H L     | 2 | 131   | B is exactly 10 minutes old; 128 + 3 |
-- | 1    | 2024-03-02 | 10:11:00 | L  | H L     | 2 | 131   |                                      |
-- | 2    | 2024-03-01 | 10:12:00 | G  | G       | 1 | 64    | C is exactly 10 minutes old          |
-- | 1    | 2024-03-01 | 10:12:00 | I  | D I     | 2 | 264   | A is 12 minutes old                  |
-- | 12   | 2024-03-01 | 10:13:00 | J  | J       | 1 | 512   |                                      |

-- expect closed
-- | shop | day        | as_of    | members | n | total | working |
-- | 1    | 2024-03-01 | 10:10:00 | A D     | 2 | 9     |         |
-- | 1    | 2024-03-02 | 10:10:00 | B       | 1 | 2     |         |
-- | 2    | 2024-03-01 | 10:10:00 | C       | 1 | 4     |         |
-- | 1    | 2024-03-01 | 10:20:00 | I       | 1 | 256   |         |
-- | 1    | 2024-03-02 | 10:20:00 | H L     | 2 | 131   |         |
-- | 2    | 2024-03-01 | 10:20:00 | G       | 1 | 64    |         |
-- | 12   | 2024-03-01 | 10:20:00 | J       | 1 | 512   |         |

-- expect answers
-- | id | at       | shop | recent | recent_n | closed | closed_n | working                                                     |
-- | q1 | 10:10:00 | 1    | D      | 1        | A D    | 2        | 1 March: A is exactly 10 minutes old; closed at the instant |
-- | q2 | 10:11:00 | 1    | H L    | 2        | B      | 1        | 2 March                                                     |
-- | q3 | 10:11:00 | 1    | NULL   | NULL     | NULL   | NULL     | no day                                                      |
-- | q4 | 10:11:00 | NULL | NULL   | NULL     | NULL   | NULL     | no shop                                                     |
-- | q5 | 10:15:00 | 12   | NULL   | 0        | NULL   | NULL     | 2 March: never seen                                         |
-- | q6 | 10:20:00 | 2    | G      | 1        | G      | 1        | 1 March                                                     |
