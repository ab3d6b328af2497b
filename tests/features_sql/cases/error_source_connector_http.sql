CREATE SOURCE s (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'http', 'port' = '80');
-- expected:
-- error_source_connector_http.sql:2:23: 'connector' cannot be 'http'
--       WITH ('connector' = 'http', 'port' = '80');
--                           ^^^^^^
--     hint: it may be 'files' or 'push' or 'kafka' or 'redis'
--
-- error_source_connector_http.sql:2:31: unknown option 'port'
--       WITH ('connector' = 'http', 'port' = '80');
--                                   ^^^^^^
--     hint: did you mean format?
