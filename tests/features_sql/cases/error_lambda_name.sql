CREATE SOURCE s (id BIGINT, tags VARCHAR[], ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'files', 'path' = 'x.csv');
CREATE FEATURE VIEW v ENTITY id AS SELECT list_transform(tags, lambda m0: m0 || 'a') AS a FROM s;
-- expected:
-- error_lambda_name.sql:2:64: a lambda's value cannot be called m0
--     CREATE FEATURE VIEW v ENTITY id AS SELECT list_transform(tags, lambda m0: m0 || 'a') AS a FROM s;
--                                                                    ^^^^^^^^^^^^^^^^^^^^
--     hint: choose another name
