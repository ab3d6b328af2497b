CREATE SOURCE s (
  id BIGINT,
  a BIGINT AS (sum(id)), ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_computed_aggregate.sql:3:16: sum is an aggregate: it cannot stand here
--       a BIGINT AS (sum(id)), ts TIMESTAMP,
--                    ^^^
--     hint: this is computed for each event by itself
