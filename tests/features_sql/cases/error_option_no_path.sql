CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files');
-- expected:
-- error_option_no_path.sql:1:15: source s has no 'path'
--     CREATE SOURCE s (
--                   ^
--     hint: WITH ('connector' = 'files', 'path' = '...')
