CREATE SOURCE s (
  id BIGINT,
  ts VARCHAR,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_watermark_type.sql:4:17: event time must be TIMESTAMP; ts is VARCHAR
--       WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
--                     ^^
--     hint: compute one: ts_ts TIMESTAMP AS (...)
