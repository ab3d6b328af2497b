CREATE SINK alerts FROM transactions WITH ('connector' = 'files', 'path' = 'alerts');
-- expected:
-- error_sink_source.sql:1:25: transactions is a source: a sink takes the rows of a stream, view or service
--     CREATE SINK alerts FROM transactions WITH ('connector' = 'files', 'path' = 'alerts');
--                             ^^^^^^^^^^^^
