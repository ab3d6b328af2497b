CREATE SINK alerts FROM card_velocity WHERE txns_5m + 1 WITH ('connector' = 'files', 'path' = 'alerts');
-- expected:
-- error_sink_where_type.sql:1:45: a condition must be BOOLEAN; got BIGINT
--     CREATE SINK alerts FROM card_velocity WHERE txns_5m + 1 WITH ('connector' = 'files', 'path' = 'alerts');
--                                                 ^^^^^^^^^^^
