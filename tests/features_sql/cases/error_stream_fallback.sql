CREATE STREAM s WITH ('inference' = 'external', 'url' = 'http://host', 'fallback' = 'fruad') AS
  SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_fallback.sql:1:85: 'fallback' names no model: fruad
--     CREATE STREAM s WITH ('inference' = 'external', 'url' = 'http://host', 'fallback' = 'fruad') AS
--                                                                                         ^^^^^^^
--     hint: did you mean fraud?
