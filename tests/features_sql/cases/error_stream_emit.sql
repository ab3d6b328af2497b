CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud) EMIT ON EVENT;
-- expected:
-- error_stream_emit.sql:1:83: EMIT is not part of a stream
--     CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud) EMIT ON EVENT;
--                                                                                       ^^^^
--     hint: a stream has one row for each row of its service that meets WHERE
