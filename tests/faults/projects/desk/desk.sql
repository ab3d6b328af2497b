CREATE SOURCE orders (
  id BIGINT, client VARCHAR, amount DOUBLE, code VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE
) WITH ('connector' = 'files', 'path' = 'orders/*.csv', 'bounded' = 'true');

CREATE TABLE rates (client VARCHAR, rate DOUBLE, since TIMESTAMP, PRIMARY KEY (client, since) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'rates.csv');

CREATE FEATURE VIEW client_orders ENTITY client AS
SELECT id, r.rate * amount AS price, CAST(code AS TINYINT) AS kind, sum(amount) OVER life AS total,
  sum(CAST(code AS SMALLINT)) OVER life AS codes
FROM orders o ASOF LEFT JOIN rates r ON o.client = r.client AND o.ts >= r.since
WINDOW life AS (GLOBAL) EMIT ON EVENT;
