CREATE SINK alerts FROM card_velocity WITH ('connector' = 'files', 'path' = 'alerts') EMIT ON EVENT;
-- expected:
-- error_sink_trailing.sql:1:87: expected ; after the options; got EMIT
--     CREATE SINK alerts FROM card_velocity WITH ('connector' = 'files', 'path' = 'alerts') EMIT ON EVENT;
--                                                                                           ^^^^
