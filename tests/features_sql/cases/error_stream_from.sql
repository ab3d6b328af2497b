CREATE STREAM s AS SELECT prediction FROM fraud_v1;
-- expected:
-- error_stream_from.sql:1:43: expected ML_PREDICT; got fraud_v1
--     CREATE STREAM s AS SELECT prediction FROM fraud_v1;
--                                               ^^^^^^^^
--     hint: FROM ML_PREDICT(TABLE service, MODEL model)
