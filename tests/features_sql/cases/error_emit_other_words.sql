CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (TUMBLING SIZE 1 HOUR) AS n FROM transactions EMIT CHANGES;
CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (TUMBLING SIZE 1 HOUR) AS n FROM transactions EMIT WINDOW CLOSE;
-- expected:
-- error_emit_other_words.sql:1:113: expected ON, EVERY or WHEN; got CHANGES
--     CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (TUMBLING SIZE 1 HOUR) AS n FROM transactions EMIT CHANGES;
--                                                                                                                     ^^^^^^^
--     hint: one of ON EVENT [IMMEDIATELY], ON WINDOW CLOSE, EVERY 1 MINUTE, EVERY 100 EVENTS, WHEN condition or ON DEMAND
--
-- error_emit_other_words.sql:2:113: expected ON, EVERY or WHEN; got WINDOW
--     CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (TUMBLING SIZE 1 HOUR) AS n FROM transactions EMIT WINDOW CLOSE;
--                                                                                                                     ^^^^^^
--     hint: one of ON EVENT [IMMEDIATELY], ON WINDOW CLOSE, EVERY 1 MINUTE, EVERY 100 EVENTS, WHEN condition or ON DEMAND
