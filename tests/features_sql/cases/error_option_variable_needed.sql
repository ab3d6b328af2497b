CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'kafka', 'topic' = 's', 'bootstrap.servers' = '${BROKER}');
-- expected:
-- error_option_variable_needed.sql:2:70: the environment has no BROKER
--       WITH ('connector' = 'kafka', 'topic' = 's', 'bootstrap.servers' = '${BROKER}');
--                                                                          ^^^^^^^^^
