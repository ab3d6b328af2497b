CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS,
  PRIMARY KEY (id)
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_primary_key_enforced.sql:6:1: expected NOT ENFORCED; got )
--     ) WITH ('connector' = 'files', 'path' = 'x/*.csv');
--     ^
--     hint: keys are not checked: PRIMARY KEY (...) NOT ENFORCED
