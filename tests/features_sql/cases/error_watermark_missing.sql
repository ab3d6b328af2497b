CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_watermark_missing.sql:1:15: source s has no WATERMARK
--     CREATE SOURCE s (
--                   ^
--     hint: add WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS after the columns
