CREATE TABLE t (id BIGINT) WITH ('connector' = 'files', 'path' = 't.csv', 'bounded' = 'true');
-- expected:
-- error_option_table_bounded.sql:1:75: unknown option 'bounded'
--     CREATE TABLE t (id BIGINT) WITH ('connector' = 'files', 'path' = 't.csv', 'bounded' = 'true');
--                                                                               ^^^^^^^^^
--     hint: one of connector, path, format, csv.header, csv.delimiter, csv.null
