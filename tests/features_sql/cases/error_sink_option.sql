CREATE SINK alerts FROM card_velocity WITH ('connector' = 'kafka', 'topci' = 'alerts', 'bootstrap.servers' = 'h:1');
-- expected:
-- error_sink_option.sql:1:68: unknown option 'topci'
--     CREATE SINK alerts FROM card_velocity WITH ('connector' = 'kafka', 'topci' = 'alerts', 'bootstrap.servers' = 'h:1');
--                                                                        ^^^^^^^
--     hint: did you mean topic?
