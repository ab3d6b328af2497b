CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = '${ROOT/*.csv');
-- expected:
-- error_option_variable_open.sql:5:41: a variable is written ${NAME}
--     ) WITH ('connector' = 'files', 'path' = '${ROOT/*.csv');
--                                             ^^^^^^^^^^^^^^
