CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR tz AS tz
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
