CREATE TABLE rates (k VARCHAR, rate DOUBLE, since TIMESTAMP, said TIMESTAMP, WATERMARK FOR said AS said)
  WITH ('connector' = 'files', 'path' = 'rates/*.csv');
CREATE FEATURE VIEW v ENTITY card_id AS SELECT r.rate AS rate
FROM transactions t ASOF LEFT JOIN rates r ON t.merchant_id = r.k AND t.ts >= r.since;
-- expected:
-- error_asof_other_time.sql:4:47: rates has a watermark on said, not on since
--     FROM transactions t ASOF LEFT JOIN rates r ON t.merchant_id = r.k AND t.ts >= r.since;
--                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: compare with r.said
