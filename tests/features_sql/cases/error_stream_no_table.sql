CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(fraud_v1, MODEL fraud);
-- expected:
-- error_stream_no_table.sql:1:54: expected TABLE; got fraud_v1
--     CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(fraud_v1, MODEL fraud);
--                                                          ^^^^^^^^
--     hint: FROM ML_PREDICT(TABLE service, MODEL model)
