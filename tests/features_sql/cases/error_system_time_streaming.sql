CREATE TABLE rates (merchant_id VARCHAR, rate DOUBLE, told TIMESTAMP, since TIMESTAMP, WATERMARK FOR since AS since)
  WITH ('connector' = 'files', 'path' = 'rates.csv');
CREATE FEATURE VIEW v ENTITY card_id AS SELECT r.rate AS rate
FROM transactions t ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from
LEFT JOIN rates FOR SYSTEM_TIME AS OF m.valid_from AS r ON t.merchant_id = r.merchant_id;
-- expected:
-- error_system_time_streaming.sql:5:39: rates has a watermark: it is joined as of the event's own time
--     LEFT JOIN rates FOR SYSTEM_TIME AS OF m.valid_from AS r ON t.merchant_id = r.merchant_id;
--                                           ^^^^^^^^^^^^
--     hint: write AS OF t.ts
