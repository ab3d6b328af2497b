CREATE SINK alerts AS SELECT * FROM card_velocity;
-- expected:
-- error_sink_select.sql:1:20: expected FROM; got AS
--     CREATE SINK alerts AS SELECT * FROM card_velocity;
--                        ^^
--     hint: CREATE SINK alerts FROM stream WITH ('connector' = 'kafka', ...)
