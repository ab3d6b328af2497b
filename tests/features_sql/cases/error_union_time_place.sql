CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT ts, card_id FROM transactions) u;
-- expected:
-- error_union_time_place.sql:3:54: the event time is column 2 of the first branch and column 1 here
--     FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT ts, card_id FROM transactions) u;
--                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: branches are matched by position
