CREATE FEATURE VIEW over_union ENTITY card_id AS
SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n
FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, ts FROM transactions) u
EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW over_view ENTITY card_id AS
SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM card_velocity
EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW endless ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n, session_index() OVER (SESSION GAP 1 HOUR) AS visit, sum(amount) OVER (LAST 3 ROWS) AS spent
FROM transactions
EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW timed ENTITY card_id AS
SELECT amount AS ts, count(*) OVER (SLIDING SIZE 1 HOUR) AS n
FROM transactions
EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW kept ENTITY card_id WITH ('valid.for' = '1 day') AS
SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n
FROM transactions
EMIT ON EVENT IMMEDIATELY;
-- expected:
-- error_immediately.sql:3:92: IMMEDIATELY follows the order in which a source's events arrive; u is no source
--     FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, ts FROM transactions) u
--                                                                                                ^
--     hint: EMIT ON EVENT writes its rows when they are ready
--
-- error_immediately.sql:6:54: IMMEDIATELY follows the order in which a source's events arrive; card_velocity is no source
--     SELECT count(*) OVER (SLIDING SIZE 1 HOUR) AS n FROM card_velocity
--                                                          ^^^^^^^^^^^^^
--     hint: EMIT ON EVENT writes its rows when they are ready
--
-- error_immediately.sql:9:8: count over all history would be computed anew for each event
--     SELECT count(*) OVER (GLOBAL) AS n, session_index() OVER (SESSION GAP 1 HOUR) AS visit, sum(amount) OVER (LAST 3 ROWS) AS spent
--            ^^^^^^^^^^^^^^^^^^^^^^
--     hint: choose a window with a length, or allow it: WITH ('recompute' = 'allowed')
--
-- error_immediately.sql:9:37: session_index over all history would be computed anew for each event
--     SELECT count(*) OVER (GLOBAL) AS n, session_index() OVER (SESSION GAP 1 HOUR) AS visit, sum(amount) OVER (LAST 3 ROWS) AS spent
--                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: choose a window with a length, or allow it: WITH ('recompute' = 'allowed')
--
-- error_immediately.sql:13:18: two columns are called ts
--     SELECT amount AS ts, count(*) OVER (SLIDING SIZE 1 HOUR) AS n
--                      ^^
--     hint: choose another name: AS ...
--
-- error_immediately.sql:16:47: 'valid.for' is for views that are read as their newest row
--     CREATE FEATURE VIEW kept ENTITY card_id WITH ('valid.for' = '1 day') AS
--                                                   ^^^^^^^^^^^
--     hint: reads of this view are computed for their own instant
