CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = '${RROOT}/*.csv');
-- expected:
-- error_option_variable.sql:5:42: the environment has no RROOT
--     ) WITH ('connector' = 'files', 'path' = '${RROOT}/*.csv');
--                                              ^^^^^^^^
--     hint: did you mean ROOT?
