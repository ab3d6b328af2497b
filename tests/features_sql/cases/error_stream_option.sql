CREATE STREAM s WITH ('timeout' = '1 s') AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_option.sql:1:23: unknown option 'timeout'
--     CREATE STREAM s WITH ('timeout' = '1 s') AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
--                           ^^^^^^^^^
--     hint: one of inference, owner, tags, offline.partition
