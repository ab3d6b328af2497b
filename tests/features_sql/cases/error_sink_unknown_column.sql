CREATE SINK alerts FROM card_velocity WHERE txn_5m > 3 WITH ('connector' = 'files', 'path' = 'alerts');
-- expected:
-- error_sink_unknown_column.sql:1:45: unknown column txn_5m
--     CREATE SINK alerts FROM card_velocity WHERE txn_5m > 3 WITH ('connector' = 'files', 'path' = 'alerts');
--                                                 ^^^^^^
--     hint: did you mean txns_5m?
