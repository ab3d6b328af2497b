CREATE TABLE facts (id BIGINT, ts TIMESTAMP) WITH ('connector' = 'push');
-- expected:
-- error_push_table.sql:1:66: 'connector' cannot be 'push'
--     CREATE TABLE facts (id BIGINT, ts TIMESTAMP) WITH ('connector' = 'push');
--                                                                      ^^^^^^
--     hint: it may be 'files'
