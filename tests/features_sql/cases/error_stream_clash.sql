CREATE STREAM s AS SELECT *, prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_clash.sql:1:30: two columns are called prediction
--     CREATE STREAM s AS SELECT *, prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
--                                  ^^^^^^^^^^
--     hint: choose another name: AS ...
