CREATE STREAM s WITH ('inference' = 'side_output') AS
  SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_live);
-- expected:
-- error_stream_outside_learns.sql:2:59: 'inference' = 'side_output' needs a trained model that does not learn; fraud_live learns
--       SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_live);
--                                                               ^^^^^^^^^^
--     hint: 'inference' = 'embedded' scores and learns in one epoch
