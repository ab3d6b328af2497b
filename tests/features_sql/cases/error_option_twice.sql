CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'path' = 'y/*.csv');
-- expected:
-- error_option_twice.sql:5:52: option 'path' is given twice
--     ) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'path' = 'y/*.csv');
--                                                        ^^^^^^
