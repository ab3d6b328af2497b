CREATE SOURCE s (
  id BIGINT,
  ts VARCHAR,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
