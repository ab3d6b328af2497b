CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER w AS n FROM transactions EMIT ON EVENT WINDOW w AS (GLOBAL);
CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) OVER w AS n FROM transactions WINDOW w AS (GLOBAL) WINDOW y AS (LAST 3 ROWS);
-- expected:
-- error_window_clause.sql:1:101: WINDOW stands too late
--     CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER w AS n FROM transactions EMIT ON EVENT WINDOW w AS (GLOBAL);
--                                                                                                         ^^^^^^
--     hint: the order is SELECT, FROM, WHERE, WINDOW, QUALIFY, EMIT
--
-- error_window_clause.sql:2:108: WINDOW is given twice
--     CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) OVER w AS n FROM transactions WINDOW w AS (GLOBAL) WINDOW y AS (LAST 3 ROWS);
--                                                                                                                ^^^^^^
--     hint: WINDOW w AS (...), x AS (...)
