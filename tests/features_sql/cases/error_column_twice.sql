CREATE SOURCE s (
  id BIGINT,
  ID VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_column_twice.sql:3:3: column ID is declared twice
--       ID VARCHAR, ts TIMESTAMP,
--       ^^
