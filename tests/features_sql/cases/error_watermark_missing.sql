CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
