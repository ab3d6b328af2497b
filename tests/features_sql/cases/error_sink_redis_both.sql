CREATE SINK alerts FROM card_velocity WITH ('connector' = 'redis', 'url' = 'redis://h', 'stream' = 's', 'key.prefix' = 'c:');
-- expected:
-- error_sink_redis_both.sql:1:13: sink alerts needs either 'stream' or 'key.prefix'
--     CREATE SINK alerts FROM card_velocity WITH ('connector' = 'redis', 'url' = 'redis://h', 'stream' = 's', 'key.prefix' = 'c:');
--                 ^^^^^^
--     hint: 'stream' appends each row; 'key.prefix' keeps each key's newest
