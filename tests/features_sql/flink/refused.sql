CREATE SOURCE events (id BIGINT, k VARCHAR, x DOUBLE, ts TIMESTAMP, WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED)
  LATE ROWS TO too_late WITH ('connector' = 'push', 'dedupe' = '1 hour', 'max.future' = '2 days', 'idle.timeout' = '1 s');
CREATE TABLE names (k VARCHAR, name VARCHAR, since TIMESTAMP)
  WITH ('connector' = 'files', 'path' = 'names/*.csv');
CREATE FEATURE VIEW many ENTITY k WITH ('recompute' = 'allowed') AS
SELECT id, n.name, count(*) OVER last3 AS a, sum(x) OVER calm AS b, since_last() OVER life AS c, last(x) OVER life AS d,
  median(x) OVER day AS e, x / sum(x) OVER day AS f, x::INTEGER AS g, stddev(x) OVER day AS h, sum(x) OVER hop AS i,
  greatest(x, 0) AS j, count(*) OVER before AS l
FROM events e ASOF LEFT JOIN names n ON e.k = n.k AND e.ts >= n.since
WHERE x % 2 > 0
WINDOW last3 AS (LAST 3 ROWS), calm AS (SLIDING SIZE 1 HOUR EXCLUDE CURRENT GROUP), life AS (GLOBAL),
  day AS (SLIDING SIZE 1 DAY), hop AS (HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES),
  before AS (RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND INTERVAL 5 MINUTES PRECEDING);
CREATE FEATURE VIEW days ENTITY k AS SELECT count(*) OVER d AS n, sum(x) OVER s AS x FROM events
WINDOW d AS (TUMBLING SIZE 1 DAY TIME ZONE 'Europe/Berlin'), s AS (SLIDING SIZE 1 HOUR) EMIT ON WINDOW CLOSE d;
CREATE FEATURE VIEW over_days ENTITY k AS SELECT sum(n) OVER (SLIDING SIZE 2 DAYS) AS n FROM days;
CREATE FEATURE VIEW steps ENTITY k AS SELECT count(*) OVER (GLOBAL) AS n FROM events EMIT EVERY 1 HOUR REPEAT;
CREATE FEATURE VIEW cut ENTITY k AS SELECT count(*) OVER v AS n FROM events
WINDOW v AS (SESSION GAP 1 HOUR MAX 8 HOURS) EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW at_once ENTITY k AS SELECT count(*) OVER (SLIDING SIZE 1 DAY) AS n FROM events EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE SERVICE both AS SELECT m.a, s.n FROM many m JOIN steps s USING (k);
