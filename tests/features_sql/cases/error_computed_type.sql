CREATE SOURCE s (
  id BIGINT,
  a BIGINT AS (upper('x')), ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
