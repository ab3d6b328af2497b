CREATE STREAM s WITH ('inference' = 'embeded') AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_inference.sql:1:37: 'inference' cannot be 'embeded'
--     CREATE STREAM s WITH ('inference' = 'embeded') AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
--                                         ^^^^^^^^^
--     hint: did you mean embedded?
