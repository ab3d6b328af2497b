CREATE FEATURE SERVICE other AS SELECT c.* FROM card_velocity c;
CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE other, MODEL fraud);
-- expected:
-- error_stream_other_service.sql:2:60: fraud reads fraud_v1, not other
--     CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE other, MODEL fraud);
--                                                                ^^^^^
