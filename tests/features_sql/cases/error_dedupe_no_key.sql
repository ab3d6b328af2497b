CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 's.csv', 'dedupe' = '1 hour');
-- expected:
-- error_dedupe_no_key.sql:2:50: 'dedupe' needs a PRIMARY KEY to tell repeats by
--       WITH ('connector' = 'files', 'path' = 's.csv', 'dedupe' = '1 hour');
--                                                      ^^^^^^^^
--     hint: add PRIMARY KEY (...) NOT ENFORCED after the columns
