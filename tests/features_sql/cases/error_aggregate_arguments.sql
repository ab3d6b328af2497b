CREATE FEATURE VIEW v ENTITY card_id AS
SELECT corr(amount) OVER w AS a, stddev(amount, amount) OVER w AS b, arg_max(amount) OVER w AS c,
  bitstring_agg(txn_id) OVER w AS d, sum() OVER w AS e, weighted_avg(DISTINCT amount, txn_id) OVER w AS f, geomean(merchant_id) OVER w AS g
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR);
-- expected:
-- error_aggregate_arguments.sql:2:8: corr cannot take 1 argument
--     SELECT corr(amount) OVER w AS a, stddev(amount, amount) OVER w AS b, arg_max(amount) OVER w AS c,
--            ^^^^^^^^^^^^^^^^^^^
--     hint: corr(y, x) OVER w
--
-- error_aggregate_arguments.sql:2:34: stddev cannot take 2 arguments
--     SELECT corr(amount) OVER w AS a, stddev(amount, amount) OVER w AS b, arg_max(amount) OVER w AS c,
--                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: stddev_samp(x) OVER w
--
-- error_aggregate_arguments.sql:2:70: arg_max cannot take 1 argument
--     SELECT corr(amount) OVER w AS a, stddev(amount, amount) OVER w AS b, arg_max(amount) OVER w AS c,
--                                                                          ^^^^^^^^^^^^^^^^^^^^^^
--     hint: arg_max(y, x) OVER w or arg_max(y, x, 3) OVER w
--
-- error_aggregate_arguments.sql:3:3: bitstring_agg cannot take 1 argument
--       bitstring_agg(txn_id) OVER w AS d, sum() OVER w AS e, weighted_avg(DISTINCT amount, txn_id) OVER w AS f, geomean(merchant_id) OVER w AS g
--       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: bitstring_agg(x, 0, 63) OVER w
--
-- error_aggregate_arguments.sql:3:38: sum cannot take 0 arguments
--       bitstring_agg(txn_id) OVER w AS d, sum() OVER w AS e, weighted_avg(DISTINCT amount, txn_id) OVER w AS f, geomean(merchant_id) OVER w AS g
--                                          ^^^^^^^^^^^^
--     hint: sum(x) OVER w
--
-- error_aggregate_arguments.sql:3:57: weighted_avg takes no DISTINCT
--       bitstring_agg(txn_id) OVER w AS d, sum() OVER w AS e, weighted_avg(DISTINCT amount, txn_id) OVER w AS f, geomean(merchant_id) OVER w AS g
--                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: weighted_avg(x, weight) OVER w
--
-- error_aggregate_arguments.sql:3:108: there is no geomean(VARCHAR)
--       bitstring_agg(txn_id) OVER w AS d, sum() OVER w AS e, weighted_avg(DISTINCT amount, txn_id) OVER w AS f, geomean(merchant_id) OVER w AS g
--                                                                                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: geomean(x) OVER w
