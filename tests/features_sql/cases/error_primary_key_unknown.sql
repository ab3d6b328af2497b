CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS,
  PRIMARY KEY (idd) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
