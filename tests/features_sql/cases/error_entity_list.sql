CREATE SOURCE s (
  id BIGINT,
  tags VARCHAR[], ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
CREATE FEATURE VIEW v ENTITY tags AS SELECT id FROM s;
