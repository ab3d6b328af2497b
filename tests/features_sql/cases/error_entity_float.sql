CREATE SOURCE s (
  id BIGINT,
  price DOUBLE, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
CREATE FEATURE VIEW v ENTITY price AS SELECT id FROM s;
-- expected:
-- error_entity_float.sql:6:30: price is DOUBLE: such keys do not compare reliably
--     CREATE FEATURE VIEW v ENTITY price AS SELECT id FROM s;
--                                  ^^^^^
--     hint: use VARCHAR, BIGINT or DECIMAL
