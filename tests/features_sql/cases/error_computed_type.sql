CREATE SOURCE s (
  id BIGINT,
  a BIGINT AS (upper('x')), ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_computed_type.sql:3:16: a is declared BIGINT but this gives VARCHAR
--       a BIGINT AS (upper('x')), ts TIMESTAMP,
--                    ^^^^^^^^^^
--     hint: write CAST(... AS BIGINT)
