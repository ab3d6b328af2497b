CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'csv.delimiter' = '::');
-- expected:
-- error_option_delimiter.sql:5:70: 'csv.delimiter' must be one character
--     ) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'csv.delimiter' = '::');
--                                                                          ^^^^
--     hint: ',', ';', '|' or '\t'
