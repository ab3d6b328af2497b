CREATE SOURCE s (
  id BIGINT,
  a BIGINT AS (idd + 1), ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_computed_unknown.sql:3:16: unknown column idd
--       a BIGINT AS (idd + 1), ts TIMESTAMP,
--                    ^^^
--     hint: did you mean id?
