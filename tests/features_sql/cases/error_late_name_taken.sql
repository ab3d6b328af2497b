CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS TO merchants
  WITH ('connector' = 'files', 'path' = 's.csv');
-- expected:
-- error_late_name_taken.sql:1:80: late rows cannot be kept as merchants: the name is taken at payments_sources.sql:8
--     CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS TO merchants
--                                                                                    ^^^^^^^^^
