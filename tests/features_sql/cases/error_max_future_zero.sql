CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 's.csv', 'max.future' = '0 s');
-- expected:
-- error_max_future_zero.sql:2:65: 'max.future' must be longer than nothing
--       WITH ('connector' = 'files', 'path' = 's.csv', 'max.future' = '0 s');
--                                                                     ^^^^^
