CREATE FEATURE VIEW v0 ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE 5m) AS n FROM transactions;
CREATE FEATURE VIEW v1 ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE INTERVAL 5 MINUTES) AS n FROM transactions;
CREATE FEATURE VIEW v2 ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE '5 minutes') AS n FROM transactions;
CREATE FEATURE VIEW v3 ENTITY card_id AS SELECT count(*) OVER (SLIDING 5 MINUTES) AS n FROM transactions;
CREATE FEATURE VIEW v4 ENTITY card_id AS SELECT count(*) OVER (TUMBLING 1 HOUR) AS n FROM transactions;
CREATE FEATURE VIEW v5 ENTITY card_id AS SELECT count(*) OVER (SESSION TIMEOUT 30 MINUTES) AS n FROM transactions;
-- expected:
-- error_lengths.sql:1:77: unknown unit of time m
--     CREATE FEATURE VIEW v0 ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE 5m) AS n FROM transactions;
--                                                                                 ^^
--     hint: did you mean minutes?
--
-- error_lengths.sql:2:77: expected a length of time such as 5 MINUTES; got INTERVAL
--     CREATE FEATURE VIEW v1 ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE INTERVAL 5 MINUTES) AS n FROM transactions;
--                                                                                 ^^^^^^^^
--     hint: it is written without INTERVAL
--
-- error_lengths.sql:3:77: expected a length of time such as 5 MINUTES; got '5 minutes'
--     CREATE FEATURE VIEW v2 ENTITY card_id AS SELECT count(*) OVER (SLIDING SIZE '5 minutes') AS n FROM transactions;
--                                                                                 ^^^^^^^^^^^
--     hint: it is written without quotes
--
-- error_lengths.sql:4:72: expected SIZE; got 5
--     CREATE FEATURE VIEW v3 ENTITY card_id AS SELECT count(*) OVER (SLIDING 5 MINUTES) AS n FROM transactions;
--                                                                            ^
--     hint: SIZE 5 MINUTES
--
-- error_lengths.sql:5:73: expected SIZE; got 1
--     CREATE FEATURE VIEW v4 ENTITY card_id AS SELECT count(*) OVER (TUMBLING 1 HOUR) AS n FROM transactions;
--                                                                             ^
--     hint: SIZE 5 MINUTES
--
-- error_lengths.sql:6:72: expected GAP; got TIMEOUT
--     CREATE FEATURE VIEW v5 ENTITY card_id AS SELECT count(*) OVER (SESSION TIMEOUT 30 MINUTES) AS n FROM transactions;
--                                                                            ^^^^^^^
--     hint: SESSION GAP 30 MINUTES
