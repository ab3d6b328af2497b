CREATE TABLE t (id BIGINT) WITH ('connector' = 'files, 'path' = 't.csv');
-- it's
