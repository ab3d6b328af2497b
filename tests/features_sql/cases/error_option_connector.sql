CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'file', 'path' = 'x/*.csv');
-- expected:
-- error_option_connector.sql:5:23: 'connector' cannot be 'file'
--     ) WITH ('connector' = 'file', 'path' = 'x/*.csv');
--                           ^^^^^^
--     hint: did you mean files?
