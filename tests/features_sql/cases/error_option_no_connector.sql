CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('path' = 'x/*.csv');
-- expected:
-- error_option_no_connector.sql:1:15: source s has no 'connector'
--     CREATE SOURCE s (
--                   ^
--     hint: WITH ('connector' = 'files', 'path' = '...')
