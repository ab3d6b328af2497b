CREATE SOURCE s (
  id BIGINT,
  a BIGINT AS (b + 1), b BIGINT AS (a + 1), ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_computed_cycle.sql:3:37: computed columns form a cycle: a -> b -> a
--       a BIGINT AS (b + 1), b BIGINT AS (a + 1), ts TIMESTAMP,
--                                         ^
