CREATE SOURCE a (BIGINT id, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push');
CREATE SOURCE b (order BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push');
CREATE SOURCE c (id BIGINT, ts TIMESTAMP, WATERMARK ts) WITH ('connector' = 'push');
CREATE SOURCE d (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts - 5 SECONDS) WITH ('connector' = 'push');
CREATE SOURCE e (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push') LATE ROWS DROP;
-- expected:
-- error_source_words.sql:1:25: unknown type id
--     CREATE SOURCE a (BIGINT id, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push');
--                             ^^
--     hint: the name stands first: id BIGINT
--
-- error_source_words.sql:2:18: expected a column; got order
--     CREATE SOURCE b (order BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push');
--                      ^^^^^
--     hint: order is a word of SQL; as a name it is quoted: "order"
--
-- error_source_words.sql:3:43: WATERMARK takes FOR and the event time column
--     CREATE SOURCE c (id BIGINT, ts TIMESTAMP, WATERMARK ts) WITH ('connector' = 'push');
--                                               ^^^^^^^^^
--     hint: WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
--
-- error_source_words.sql:4:68: expected INTERVAL; got 5
--     CREATE SOURCE d (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts - 5 SECONDS) WITH ('connector' = 'push');
--                                                                        ^
--     hint: INTERVAL 5 SECONDS
--
-- error_source_words.sql:5:95: expected the end of the statement; got LATE
--     CREATE SOURCE e (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push') LATE ROWS DROP;
--                                                                                                   ^^^^
--     hint: LATE ROWS stands before WITH
