CREATE TABLE t (id BIGINT) WITH ('connector' = 'files, 'path' = 't.csv');
-- it's
-- expected:
-- error_string_open.sql:1:33: this ( is never closed
--     CREATE TABLE t (id BIGINT) WITH ('connector' = 'files, 'path' = 't.csv');
--                                     ^
