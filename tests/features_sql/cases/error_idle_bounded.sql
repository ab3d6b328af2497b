CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 's.csv', 'bounded' = 'true', 'idle.timeout' = '10 s');
-- expected:
-- error_idle_bounded.sql:2:70: a bounded source is never idle: it ends
--       WITH ('connector' = 'files', 'path' = 's.csv', 'bounded' = 'true', 'idle.timeout' = '10 s');
--                                                                          ^^^^^^^^^^^^^^
--     hint: leave 'idle.timeout' or 'bounded' out
