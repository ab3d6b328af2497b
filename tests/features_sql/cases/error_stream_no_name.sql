CREATE STREAM s AS SELECT prediction * 2 FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_no_name.sql:1:27: this column has no name
--     CREATE STREAM s AS SELECT prediction * 2 FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
--                               ^^^^^^^^^^^^^^
--     hint: add AS and a name
