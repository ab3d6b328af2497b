CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS ACCEPT WITHIN 1 HOUR
  WITH ('connector' = 'files', 'path' = 's.csv');
CREATE FEATURE VIEW total ENTITY id AS SELECT count(*) OVER (GLOBAL) AS n FROM s;
CREATE FEATURE VIEW few ENTITY id AS SELECT count(*) OVER (LAST 3 ROWS) AS n FROM s;
CREATE FEATURE VIEW tenth ENTITY id AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM s EMIT EVERY 10 EVENTS;
CREATE FEATURE VIEW many ENTITY id AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM s EMIT WHEN n > 3;
CREATE FEATURE VIEW hours ENTITY id AS SELECT count(*) OVER w AS n FROM s WINDOW w AS (TUMBLING SIZE 1 HOUR) EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW of_hours ENTITY id AS SELECT sum(n) OVER (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS n FROM hours;
CREATE SOURCE r (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS ACCEPT WITHIN 1 MONTH
  WITH ('connector' = 'files', 'path' = 's.csv');
-- expected:
-- error_late_accept.sql:3:47: n ON EVENT cannot follow late rows that are accepted: each would change every later row of its entity
--     CREATE FEATURE VIEW total ENTITY id AS SELECT count(*) OVER (GLOBAL) AS n FROM s;
--                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: choose a window with a length, or: LATE ROWS TO keeps late rows beside
--
-- error_late_accept.sql:4:45: n ON EVENT cannot follow late rows that are accepted: each would change every later row of its entity
--     CREATE FEATURE VIEW few ENTITY id AS SELECT count(*) OVER (LAST 3 ROWS) AS n FROM s;
--                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: choose a window with a length, or: LATE ROWS TO keeps late rows beside
--
-- error_late_accept.sql:5:95: EMIT EVERY n EVENTS cannot follow late rows that are accepted: each would move every later row
--     CREATE FEATURE VIEW tenth ENTITY id AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM s EMIT EVERY 10 EVENTS;
--                                                                                                   ^^^^^^^^^^^^^^^^^^^^
--     hint: LATE ROWS TO keeps late rows beside
--
-- error_late_accept.sql:6:94: EMIT WHEN cannot follow late rows that are accepted: each would move every later row
--     CREATE FEATURE VIEW many ENTITY id AS SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM s EMIT WHEN n > 3;
--                                                                                                  ^^^^^^^^^^^^^^^
--     hint: LATE ROWS TO keeps late rows beside
--
-- error_late_accept.sql:8:50: n ON EVENT cannot follow late rows that are accepted: each would change every later row of its entity
--     CREATE FEATURE VIEW of_hours ENTITY id AS SELECT sum(n) OVER (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS n FROM hours;
--                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: choose a window with a length, or: LATE ROWS TO keeps late rows beside
--
-- error_late_accept.sql:9:91: MONTH is a length for TUMBLING SIZE only
--     CREATE SOURCE r (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS ACCEPT WITHIN 1 MONTH
--                                                                                               ^^^^^^^
--     hint: months differ in length: use DAYS