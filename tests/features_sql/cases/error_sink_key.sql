CREATE SINK alerts FROM card_velocity WITH ('connector' = 'redis', 'url' = 'redis://h', 'stream' = 's', 'key' = 'card');
-- expected:
-- error_sink_key.sql:1:113: card_velocity has no column card
--     CREATE SINK alerts FROM card_velocity WITH ('connector' = 'redis', 'url' = 'redis://h', 'stream' = 's', 'key' = 'card');
--                                                                                                                     ^^^^^^
--     hint: did you mean card_id?
