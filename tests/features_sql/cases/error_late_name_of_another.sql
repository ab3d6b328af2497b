CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS TO r$late
  WITH ('connector' = 'files', 'path' = 's.csv');
CREATE SOURCE r (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'files', 'path' = 's.csv');
-- expected:
-- error_late_name_of_another.sql:1:80: late rows cannot be kept as r$late: the name is taken at error_late_name_of_another.sql:3
--     CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS TO r$late
--                                                                                    ^^^^^^
