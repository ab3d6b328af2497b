CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL froud);
-- expected:
-- error_stream_unknown_model.sql:1:76: unknown model froud
--     CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL froud);
--                                                                                ^^^^^
--     hint: did you mean fraud?
