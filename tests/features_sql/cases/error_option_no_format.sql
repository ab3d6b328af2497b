CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*');
-- expected:
-- error_option_no_format.sql:5:41: the path does not say which format its files have
--     ) WITH ('connector' = 'files', 'path' = 'x/*');
--                                             ^^^^^
--     hint: add 'format' = 'parquet', 'csv' or 'jsonl'
