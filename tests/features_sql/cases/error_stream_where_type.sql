CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud) WHERE prediction;
-- expected:
-- error_stream_where_type.sql:1:89: a condition must be BOOLEAN; got DOUBLE
--     CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud) WHERE prediction;
--                                                                                             ^^^^^^^^^^
