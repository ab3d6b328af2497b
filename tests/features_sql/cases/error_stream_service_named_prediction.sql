CREATE FEATURE SERVICE other AS SELECT c.txn_id, c.amount AS prediction FROM card_velocity c;
CREATE MODEL m PREDICT is_fraud FROM other LABELS chargebacks ON (txn_id) WITHIN 1 DAY WITH ('provider' = 'lightgbm');
CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE other, MODEL m);
-- expected:
-- error_stream_service_named_prediction.sql:3:60: other has a column prediction, as the prediction has
--     CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE other, MODEL m);
--                                                                ^^^^^
--     hint: give it another name in the service: AS ...
