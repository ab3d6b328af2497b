CREATE SOURCE payments (payment_id BIGINT, card VARCHAR, shop VARCHAR, amount DECIMAL(12,2), ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS)
  WITH ('connector' = 'kafka', 'topic' = 'payments', 'bootstrap.servers' = 'secret:9092');
CREATE SOURCE refunds (card VARCHAR, amount DECIMAL(12,2), at VARCHAR, ts TIMESTAMP AS (CAST(at AS TIMESTAMP)),
  WATERMARK FOR ts AS ts) WITH ('connector' = 'files', 'path' = 'refunds/*.csv');

-- Each window is an OVER of its own; a filter stands in the aggregate.
CREATE FEATURE VIEW velocity ENTITY card AS
SELECT payment_id, amount,
  count(*) OVER w5m AS payments_5m,
  sum(amount) FILTER (WHERE NOT ok) OVER w5m / nullif(count(*) OVER w5m, 0) AS failed_5m,
  count(DISTINCT shop) OVER life AS shops,
  rate(*, '1 minute') OVER at_shop AS at_shop,
  max(amount) OVER (RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW) AS most
FROM payments WHERE amount BETWEEN 0.01 AND 1000
WINDOW w5m AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL),
  at_shop AS (PARTITION BY (card, shop) SLIDING SIZE 120 DAYS)
QUALIFY count(*) OVER w5m > 1;

-- A view over another reads its rows by their own time; a service without joins is a projection.
CREATE FEATURE VIEW flow ENTITY card AS SELECT sum(amount) OVER (SLIDING SIZE 1 HOUR) AS moved,
  avg(CAST(amount AS DOUBLE)) OVER (GLOBAL) AS mean
FROM (SELECT card, amount, ts FROM velocity UNION ALL
      SELECT card, -amount AS amount, ts FROM refunds WHERE amount > 0) u;
CREATE FEATURE SERVICE flow_v1 AS SELECT f.moved, coalesce(f.moved, 0) AS known FROM flow f;
