CREATE SINK alerts FROM card_velocity WITH ('connector' = 'kafak', 'topic' = 'alerts');
-- expected:
-- error_sink_connector.sql:1:59: 'connector' cannot be 'kafak'
--     CREATE SINK alerts FROM card_velocity WITH ('connector' = 'kafak', 'topic' = 'alerts');
--                                                               ^^^^^^^
--     hint: did you mean kafka?
