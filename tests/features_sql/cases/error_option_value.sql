CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'bounded' = 'yes');
-- expected:
-- error_option_value.sql:5:64: 'bounded' cannot be 'yes'
--     ) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'bounded' = 'yes');
--                                                                    ^^^^^
--     hint: it may be 'true' or 'false'
