CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS id
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
