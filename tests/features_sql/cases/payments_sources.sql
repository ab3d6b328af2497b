-- payments by card
CREATE SOURCE transactions (
  txn_id BIGINT, card_id VARCHAR, merchant_id VARCHAR, amount DECIMAL(12,2), ok BOOLEAN, at VARCHAR,
  ts TIMESTAMP AS (strptime(at, '%Y-%m-%d %H:%M:%S')),
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS, PRIMARY KEY (txn_id) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'txn/*.csv', 'csv.null' = 'NA,');

CREATE TABLE merchants (merchant_id VARCHAR, risk DOUBLE, valid_from TIMESTAMP, PRIMARY KEY (merchant_id, valid_from) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'merchants/*.parquet');
