CREATE STREAM s WITH ('inference' = 'external', 'url' = 'http://host', 'fallback' = 'fraud_online') AS
  SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_fallback_learns.sql:1:85: fraud_online cannot stand in for fraud: it is fed merchant_id, and fraud is not
--     CREATE STREAM s WITH ('inference' = 'external', 'url' = 'http://host', 'fallback' = 'fraud_online') AS
--                                                                                         ^^^^^^^^^^^^^^
