CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1);
-- expected:
-- error_stream_no_model.sql:1:68: expected , and MODEL model; got )
--     CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1);
--                                                                        ^
--     hint: FROM ML_PREDICT(TABLE service, MODEL model)
