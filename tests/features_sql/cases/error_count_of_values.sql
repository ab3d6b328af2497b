CREATE FEATURE VIEW v ENTITY card_id AS
SELECT top_n(merchant_id) OVER w AS a, first_n(merchant_id, 1.5) OVER w AS b, last_n_distinct(DISTINCT amount, 3) OVER w AS c,
  max(amount, 0) OVER w AS d, arg_max(merchant_id, amount, -1) OVER w AS e, approx_top_k(amount, amount) OVER w AS f
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR);
-- expected:
-- error_count_of_values.sql:2:8: top_n cannot take 1 argument
--     SELECT top_n(merchant_id) OVER w AS a, first_n(merchant_id, 1.5) OVER w AS b, last_n_distinct(DISTINCT amount, 3) OVER w AS c,
--            ^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: top_n(x, 10) OVER w
--
-- error_count_of_values.sql:2:61: first_n keeps a whole number of values, at least 1
--     SELECT top_n(merchant_id) OVER w AS a, first_n(merchant_id, 1.5) OVER w AS b, last_n_distinct(DISTINCT amount, 3) OVER w AS c,
--                                                                 ^^^
--     hint: first_n(x, 10) OVER w
--
-- error_count_of_values.sql:2:79: last_n_distinct takes no DISTINCT
--     SELECT top_n(merchant_id) OVER w AS a, first_n(merchant_id, 1.5) OVER w AS b, last_n_distinct(DISTINCT amount, 3) OVER w AS c,
--                                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: last_n_distinct(x, 10) OVER w
--
-- error_count_of_values.sql:3:15: max keeps a whole number of values, at least 1
--       max(amount, 0) OVER w AS d, arg_max(merchant_id, amount, -1) OVER w AS e, approx_top_k(amount, amount) OVER w AS f
--                   ^
--     hint: max(x) OVER w or max(x, 3) OVER w
--
-- error_count_of_values.sql:3:60: arg_max keeps a whole number of values, at least 1
--       max(amount, 0) OVER w AS d, arg_max(merchant_id, amount, -1) OVER w AS e, approx_top_k(amount, amount) OVER w AS f
--                                                                ^^
--     hint: arg_max(y, x) OVER w or arg_max(y, x, 3) OVER w
--
-- error_count_of_values.sql:3:98: approx_top_k keeps a whole number of values, at least 1
--       max(amount, 0) OVER w AS d, arg_max(merchant_id, amount, -1) OVER w AS e, approx_top_k(amount, amount) OVER w AS f
--                                                                                                      ^^^^^^
--     hint: approx_top_k(x, 3) OVER w
