CREATE SINK alerts FROM card_velocity WITH ('connector' = 'files', 'path' = 'alerts', 'format' = 'avro');
-- expected:
-- error_sink_format.sql:1:98: 'format' cannot be 'avro'
--     CREATE SINK alerts FROM card_velocity WITH ('connector' = 'files', 'path' = 'alerts', 'format' = 'avro');
--                                                                                                      ^^^^^^
--     hint: it may be 'jsonl'
