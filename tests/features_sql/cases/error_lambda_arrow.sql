CREATE SOURCE s (id BIGINT, tags VARCHAR[], ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'files', 'path' = 'x.csv');
CREATE FEATURE VIEW v ENTITY id AS SELECT list_transform(tags, x -> x || 'a') AS a FROM s;
-- expected:
-- error_lambda_arrow.sql:2:64: lambdas are written with the word lambda
--     CREATE FEATURE VIEW v ENTITY id AS SELECT list_transform(tags, x -> x || 'a') AS a FROM s;
--                                                                    ^^^^^^^^^^^^^
--     hint: lambda x: x + 1
