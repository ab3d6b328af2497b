CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS TO "../s"
  WITH ('connector' = 'files', 'path' = 's.csv');
-- expected:
-- error_late_name_folder.sql:1:80: the name of late rows must be made of the letters a to z, digits and _; got ../s
--     CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS TO "../s"
--                                                                                    ^^^^^^
