CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'bounded' = '${SECRET}');
-- expected:
-- error_option_secret_value.sql:5:64: 'bounded' cannot be '${SECRET}'
--     ) WITH ('connector' = 'files', 'path' = 'x/*.csv', 'bounded' = '${SECRET}');
--                                                                    ^^^^^^^^^^^
--     hint: it may be 'true' or 'false'
