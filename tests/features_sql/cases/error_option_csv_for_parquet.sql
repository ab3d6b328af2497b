CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH ('connector' = 'files', 'path' = 'x/*.parquet', 'csv.header' = 'true');
-- expected:
-- error_option_csv_for_parquet.sql:5:56: 'csv.header' is for csv; these files are parquet
--     ) WITH ('connector' = 'files', 'path' = 'x/*.parquet', 'csv.header' = 'true');
--                                                            ^^^^^^^^^^^^
