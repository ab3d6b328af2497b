CREATE SOURCE s (
  id BIGINT,
  tags VARCHAR[], ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
CREATE FEATURE VIEW v ENTITY tags AS SELECT id FROM s;
-- expected:
-- error_entity_list.sql:6:30: tags is VARCHAR[], which cannot be a key
--     CREATE FEATURE VIEW v ENTITY tags AS SELECT id FROM s;
--                                  ^^^^
--     hint: use VARCHAR or BIGINT
