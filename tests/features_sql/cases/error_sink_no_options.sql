CREATE SINK alerts FROM card_velocity;
-- expected:
-- error_sink_no_options.sql:1:13: sink alerts has no options
--     CREATE SINK alerts FROM card_velocity;
--                 ^^^^^^
--     hint: WITH ('connector' = 'files', 'path' = '...')
