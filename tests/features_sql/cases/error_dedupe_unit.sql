CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 's.csv', 'dedupe' = '1 fortnight');
-- expected:
-- error_dedupe_unit.sql:2:61: unknown unit of time fortnight
--       WITH ('connector' = 'files', 'path' = 's.csv', 'dedupe' = '1 fortnight');
--                                                                 ^^^^^^^^^^^^^
--     hint: one of days, hours, minutes, ms, s, seconds
