CREATE TABLE t (id BIGINT) WITH ('connector' = 'files', 'path' = 't.csv', 'bounded' = 'true');
