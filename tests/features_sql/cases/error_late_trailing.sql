CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS TO late AND more
  WITH ('connector' = 'files', 'path' = 's.csv');
-- expected:
-- error_late_trailing.sql:1:85: expected WITH or ;; got AND
--     CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS TO late AND more
--                                                                                         ^^^
