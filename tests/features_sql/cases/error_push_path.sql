CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push', 'path' = 's.csv');
-- expected:
-- error_push_path.sql:1:95: unknown option 'path'
--     CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push', 'path' = 's.csv');
--                                                                                                   ^^^^^^
--     hint: one of connector, max.future, dedupe, history, idle.timeout
