CREATE STREAM s AS SELECT prediction_corrected FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online);
-- expected:
-- error_stream_no_correction.sql:1:27: unknown column prediction_corrected
--     CREATE STREAM s AS SELECT prediction_corrected FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online);
--                               ^^^^^^^^^^^^^^^^^^^^
--     hint: did you mean prediction?
