CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS id
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_watermark_other.sql:4:23: expected ts; got id
--       WATERMARK FOR ts AS id
--                           ^^
--     hint: WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
