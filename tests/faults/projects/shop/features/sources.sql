CREATE SOURCE payments (
  pay_id BIGINT, card VARCHAR, shop VARCHAR, amount DOUBLE, code VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 2 MINUTES, PRIMARY KEY (pay_id) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'payments/*.csv', 'bounded' = 'true');

CREATE SOURCE visits (
  visit_id BIGINT, card VARCHAR, page VARCHAR, seconds DECIMAL(9,2), ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE
) WITH ('connector' = 'files', 'path' = 'visits/*.jsonl', 'bounded' = 'true');

CREATE TABLE shops (shop VARCHAR, risk DOUBLE, known_at TIMESTAMP, PRIMARY KEY (shop, known_at) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'shops.csv');
