CREATE SINK alerts FROM card_velocty WITH ('connector' = 'files', 'path' = 'alerts');
-- expected:
-- error_sink_unknown_relation.sql:1:25: unknown stream, view or service card_velocty
--     CREATE SINK alerts FROM card_velocty WITH ('connector' = 'files', 'path' = 'alerts');
--                             ^^^^^^^^^^^^
--     hint: did you mean card_velocity?
