CREATE STREAM s WITH ('inference' = 'external', 'url' = 'host:80', 'max.in.fligth' = '4') AS
  SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_external_options.sql:1:57: 'url' must start with http:// or https://
--     CREATE STREAM s WITH ('inference' = 'external', 'url' = 'host:80', 'max.in.fligth' = '4') AS
--                                                             ^^^^^^^^^
--
-- error_stream_external_options.sql:1:68: unknown option 'max.in.fligth'
--     CREATE STREAM s WITH ('inference' = 'external', 'url' = 'host:80', 'max.in.fligth' = '4') AS
--                                                                        ^^^^^^^^^^^^^^^
--     hint: did you mean max.in.flight?
