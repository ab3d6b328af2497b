CREATE FEATURE VIEW v ENTITY card_id AS
SELECT reservoir_quantile(amount, 0.5) OVER w AS a, lttb(amount, amount, 9) OVER w AS b,
  variant_group_array(amount) OVER w AS c, sum_no_overflow(amount) OVER w AS d
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR);
-- expected:
-- error_aggregate_refused.sql:2:8: reservoir_quantile is random: it would not give the same value twice
--     SELECT reservoir_quantile(amount, 0.5) OVER w AS a, lttb(amount, amount, 9) OVER w AS b,
--            ^^^^^^^^^^^^^^^^^^
--     hint: use quantile_cont or quantile_disc
--
-- error_aggregate_refused.sql:2:53: lttb picks the points of a plot
--     SELECT reservoir_quantile(amount, 0.5) OVER w AS a, lttb(amount, amount, 9) OVER w AS b,
--                                                         ^^^^
--     hint: last_n(x, 100) holds the values themselves
--
-- error_aggregate_refused.sql:3:3: variant_group_array gives a VARIANT, which no store can keep
--       variant_group_array(amount) OVER w AS c, sum_no_overflow(amount) OVER w AS d
--       ^^^^^^^^^^^^^^^^^^^
--     hint: use list(x) or json_group_array(x)
--
-- error_aggregate_refused.sql:3:44: sum_no_overflow is for DuckDB's own use: it does not watch for overflow
--       variant_group_array(amount) OVER w AS c, sum_no_overflow(amount) OVER w AS d
--                                                ^^^^^^^^^^^^^^^
--     hint: use sum
