-- Card payments as they are asked for, approved or not. All of this is simulated.
CREATE SOURCE payments (
  payment_id BIGINT, card_id VARCHAR, shop_id VARCHAR, amount DOUBLE, approved BOOLEAN, online BOOLEAN, paid_at TIMESTAMP,
  WATERMARK FOR paid_at AS paid_at - INTERVAL 1 MINUTE,
  PRIMARY KEY (payment_id) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'payments/*.parquet', 'format' = 'parquet', 'bounded' = 'true');

-- Payments that turned out to be fraud, days after. An honest payment is never said to be one.
CREATE SOURCE chargebacks (
  payment_id BIGINT, is_fraud BOOLEAN, known_at TIMESTAMP,
  WATERMARK FOR known_at AS known_at - INTERVAL 1 MINUTE
) WITH ('connector' = 'files', 'path' = 'chargebacks/*.parquet', 'format' = 'parquet', 'bounded' = 'true');

CREATE TABLE shops (shop_id VARCHAR, kind VARCHAR, valid_from TIMESTAMP, PRIMARY KEY (shop_id, valid_from) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'tables/shops.parquet', 'format' = 'parquet');
