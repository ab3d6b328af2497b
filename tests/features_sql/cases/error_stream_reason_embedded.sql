CREATE STREAM s AS SELECT prediction, reason FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_reason_embedded.sql:1:39: unknown column reason
--     CREATE STREAM s AS SELECT prediction, reason FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
--                                           ^^^^^^
--     hint: one of card_id, ts, txn_id, merchant_id, amount, merchant_risk, txns_5m, avg_amount_1h, failures_per_minute, last_merchants, share, seconds_since_last, ... (3 more)
