CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS
) WITH (connector = 'files');
-- expected:
-- error_option_not_quoted.sql:5:9: expected an option; got connector
--     ) WITH (connector = 'files');
--             ^^^^^^^^^
--     hint: options are quoted: 'key' = 'value'
