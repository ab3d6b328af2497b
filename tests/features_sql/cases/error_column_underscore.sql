CREATE SOURCE s (
  id BIGINT,
  _offset BIGINT, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_column_underscore.sql:3:3: a column's name may not start with _; got _offset
--       _offset BIGINT, ts TIMESTAMP,
--       ^^^^^^^
--     hint: such names are headrace's own
