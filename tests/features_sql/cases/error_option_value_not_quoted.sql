CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'bounded' = true);
-- expected:
-- error_option_value_not_quoted.sql:5:44: expected a quoted value; got true
--     ) WITH ('connector' = 'files', 'bounded' = true);
--                                                ^^^^
--     hint: values are quoted: 'key' = 'value'
