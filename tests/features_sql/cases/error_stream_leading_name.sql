CREATE STREAM s AS SELECT prediction AS ts FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_leading_name.sql:1:41: ts is the name of a column that leads every row
--     CREATE STREAM s AS SELECT prediction AS ts FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
--                                             ^^
--     hint: choose another name: AS ...
