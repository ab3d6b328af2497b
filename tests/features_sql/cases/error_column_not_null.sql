CREATE SOURCE s (
  id BIGINT,
  name VARCHAR NOT NULL, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_column_not_null.sql:3:16: expected AS (expression), or ,; got NOT
--       name VARCHAR NOT NULL, ts TIMESTAMP,
--                    ^^^
--     hint: columns hold NULL
