CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push', 'history' = 'forever');
-- expected:
-- error_history_word.sql:1:107: 'history' cannot be 'forever'
--     CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push', 'history' = 'forever');
--                                                                                                               ^^^^^^^^^
--     hint: it may be 'keep', 'source' or a length of time such as '90 days'
