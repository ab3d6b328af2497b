CREATE SOURCE s (
  id BIGINT,
  name, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_column_no_type.sql:3:7: expected a type; got ,
--       name, ts TIMESTAMP,
--           ^
--     hint: a column is: name TYPE [AS (expression)]
