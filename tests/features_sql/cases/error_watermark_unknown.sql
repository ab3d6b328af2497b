CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR tz AS tz
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_watermark_unknown.sql:4:17: WATERMARK names an unknown column tz
--       WATERMARK FOR tz AS tz
--                     ^^
--     hint: columns: id, ts
