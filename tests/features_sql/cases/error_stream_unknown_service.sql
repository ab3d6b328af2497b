CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v2, MODEL fraud);
-- expected:
-- error_stream_unknown_service.sql:1:60: unknown feature service fraud_v2
--     CREATE STREAM s AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v2, MODEL fraud);
--                                                                ^^^^^^^^
--     hint: did you mean fraud_v1?
