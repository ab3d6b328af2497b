CREATE SINK alerts FROM elsewhere WITH ('connector' = 'files', 'path' = 'alerts');
-- expected:
-- error_sink_unknown_far.sql:1:25: unknown stream, view or service elsewhere
--     CREATE SINK alerts FROM elsewhere WITH ('connector' = 'files', 'path' = 'alerts');
--                             ^^^^^^^^^
--     hint: the project has card_velocity, fraud_v1, merchant_hourly, scored
