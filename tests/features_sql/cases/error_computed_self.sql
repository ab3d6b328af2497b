CREATE SOURCE s (
  id BIGINT,
  a BIGINT AS (a + 1), ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_computed_self.sql:3:16: computed columns form a cycle: a -> a
--       a BIGINT AS (a + 1), ts TIMESTAMP,
--                    ^
