CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(* IGNORE NULLS) OVER w AS a, count(*) IGNORE NULLS OVER w AS b, avg(amount RESPECT NULLS) OVER w AS c,
  since_last(ok IGNORE NULLS) OVER w AS d
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR);
-- expected:
-- error_aggregate_nulls.sql:2:16: IGNORE NULLS needs a column
--     SELECT count(* IGNORE NULLS) OVER w AS a, count(*) IGNORE NULLS OVER w AS b, avg(amount RESPECT NULLS) OVER w AS c,
--                    ^^^^^^^^^^^^
--     hint: count(*) OVER w or count(x) OVER w
--
-- error_aggregate_nulls.sql:2:52: IGNORE NULLS needs a column
--     SELECT count(* IGNORE NULLS) OVER w AS a, count(*) IGNORE NULLS OVER w AS b, avg(amount RESPECT NULLS) OVER w AS c,
--                                                        ^^^^^^^^^^^^
--     hint: count(*) OVER w or count(x) OVER w
--
-- error_aggregate_nulls.sql:2:89: avg skips NULL
--     SELECT count(* IGNORE NULLS) OVER w AS a, count(*) IGNORE NULLS OVER w AS b, avg(amount RESPECT NULLS) OVER w AS c,
--                                                                                             ^^^^^^^^^^^^^
--     hint: give NULL a value: avg(coalesce(x, 0)) OVER w
--
-- error_aggregate_nulls.sql:3:17: IGNORE NULLS needs a column
--       since_last(ok IGNORE NULLS) OVER w AS d
--                     ^^^^^^^^^^^^
--     hint: since_last() OVER w or since_last(condition) OVER w
