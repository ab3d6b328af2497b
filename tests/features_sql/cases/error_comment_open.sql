CREATE TABLE t (id BIGINT) /* not closed
 WITH ('connector' = 'files', 'path' = 't.csv');
