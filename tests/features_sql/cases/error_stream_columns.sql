CREATE STREAM s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push');
-- expected:
-- error_stream_columns.sql:1:17: expected AS; got (
--     CREATE STREAM s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push');
--                     ^
--     hint: events come from a source: CREATE SOURCE s (...)
