CREATE SINK alerts FROM card_velocity WITH ('connector' = 'kafka', 'bootstrap.servers' = 'localhost:9092');
-- expected:
-- error_sink_no_topic.sql:1:13: sink alerts has no 'topic'
--     CREATE SINK alerts FROM card_velocity WITH ('connector' = 'kafka', 'bootstrap.servers' = 'localhost:9092');
--                 ^^^^^^
--     hint: add 'topic' = '...'
