CREATE SINK alerts FROM card_velocity WITH ('path' = 'alerts');
-- expected:
-- error_sink_no_connector.sql:1:13: sink alerts has no 'connector'
--     CREATE SINK alerts FROM card_velocity WITH ('path' = 'alerts');
--                 ^^^^^^
--     hint: 'connector' may be files, kafka, redis
