CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push', 'history' = 'source');
-- expected:
-- error_push_history_source.sql:1:107: these events cannot be read from their source again
--     CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push', 'history' = 'source');
--                                                                                                               ^^^^^^^^
--     hint: 'keep' keeps every event
