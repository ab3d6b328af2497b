CREATE SINK alerts FROM card_velocity WHERE WITH ('connector' = 'files', 'path' = 'alerts');
-- expected:
-- error_sink_where_empty.sql:1:45: expected a condition; got WITH
--     CREATE SINK alerts FROM card_velocity WHERE WITH ('connector' = 'files', 'path' = 'alerts');
--                                                 ^^^^
