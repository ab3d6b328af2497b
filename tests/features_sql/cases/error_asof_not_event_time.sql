CREATE TABLE rates (k VARCHAR, rate DOUBLE, since TIMESTAMP, WATERMARK FOR since AS since)
  WITH ('connector' = 'files', 'path' = 'rates/*.csv');
CREATE FEATURE VIEW v ENTITY card_id AS SELECT r.rate AS rate
FROM transactions t ASOF LEFT JOIN rates r ON t.merchant_id = r.k AND t.ts + INTERVAL 1 DAY >= r.since;
-- expected:
-- error_asof_not_event_time.sql:4:47: rates has a watermark: it is joined as of the event's own time
--     FROM transactions t ASOF LEFT JOIN rates r ON t.merchant_id = r.k AND t.ts + INTERVAL 1 DAY >= r.since;
--                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: write t.ts >= r.since
