CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud) GROUP BY card_id;
-- expected:
-- error_stream_group_by.sql:1:83: GROUP BY is not part of a stream
--     CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud) GROUP BY card_id;
--                                                                                       ^^^^^^^^
