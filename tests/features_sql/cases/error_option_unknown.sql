CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'paht' = 'x/*.csv');
-- expected:
-- error_option_unknown.sql:5:32: unknown option 'paht'
--     ) WITH ('connector' = 'files', 'paht' = 'x/*.csv');
--                                    ^^^^^^
--     hint: did you mean path?
