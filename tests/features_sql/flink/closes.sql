CREATE SOURCE clicks (visitor VARCHAR, page VARCHAR, spent INTEGER, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE)
  WITH ('connector' = 'kafka', 'topic' = 'clicks', 'bootstrap.servers' = 'b:9092');
CREATE FEATURE VIEW hourly ENTITY visitor AS
SELECT count(*) OVER h AS clicks, sum(spent) OVER h AS spent, avg(spent) OVER h AS mean, window_start AS since
FROM clicks WINDOW h AS (TUMBLING SIZE 1 HOUR OFFSET 15 MINUTES) EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW hops ENTITY visitor AS SELECT count_if(page = 'cart') OVER w AS carts FROM clicks
WINDOW w AS (HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES) QUALIFY count_if(page = 'cart') OVER w > 0 EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW visits ENTITY visitor AS SELECT count(*) OVER v AS clicks FROM clicks
WINDOW v AS (SESSION GAP 30 MINUTES) EMIT ON WINDOW CLOSE;
