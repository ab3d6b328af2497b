CREATE TABLE facts (id BIGINT, ts TIMESTAMP) LATE ROWS DROP WITH ('connector' = 'files', 'path' = 's.csv');
-- expected:
-- error_late_table.sql:1:46: a table without a watermark has no late rows
--     CREATE TABLE facts (id BIGINT, ts TIMESTAMP) LATE ROWS DROP WITH ('connector' = 'files', 'path' = 's.csv');
--                                                  ^^^^^^^^^
--     hint: LATE ROWS is for CREATE SOURCE
