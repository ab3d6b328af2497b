CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'format' = 'parket');
-- expected:
-- error_option_format.sql:5:63: 'format' cannot be 'parket'
--     ) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'format' = 'parket');
--                                                                   ^^^^^^^^
--     hint: did you mean parquet?
