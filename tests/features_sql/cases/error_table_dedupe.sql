CREATE TABLE facts (id BIGINT, ts TIMESTAMP, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'files', 'path' = 's.csv', 'dedupe' = '1 hour');
-- expected:
-- error_table_dedupe.sql:1:124: unknown option 'dedupe'
--     CREATE TABLE facts (id BIGINT, ts TIMESTAMP, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'files', 'path' = 's.csv', 'dedupe' = '1 hour');
--                                                                                                                                ^^^^^^^^
--     hint: one of connector, path, format, csv.header, csv.delimiter, csv.null
