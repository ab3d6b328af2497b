CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_watermark_twice.sql:5:3: a source has one WATERMARK
--       WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
--       ^^^^^^^^^^^^^
