CREATE SOURCE s (
  id BIGINT,
  name VARCHR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_column_type.sql:3:8: unknown type VARCHR
--       name VARCHR, ts TIMESTAMP,
--            ^^^^^^
--     hint: did you mean VARCHAR?
