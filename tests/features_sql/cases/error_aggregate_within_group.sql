CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) WITHIN GROUP (ORDER BY ts) OVER w AS a,
  listagg(merchant_id, ',') WITHIN GROUP (ORDER BY ts) OVER w AS b,
  quantile_cont(0.5) WITHIN GROUP (ORDER BY amount DESC) OVER w AS c,
  quantile_cont(amount, 0.5) WITHIN GROUP (ORDER BY amount) OVER w AS d,
  quantile_cont(0.5) WITHIN GROUP (amount) OVER w AS e
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR);
-- expected:
-- error_aggregate_within_group.sql:2:20: WITHIN GROUP is for quantiles and mode
--     SELECT sum(amount) WITHIN GROUP (ORDER BY ts) OVER w AS a,
--                        ^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: sum follows the total order of the events
--
-- error_aggregate_within_group.sql:3:29: WITHIN GROUP is for quantiles and mode
--       listagg(merchant_id, ',') WITHIN GROUP (ORDER BY ts) OVER w AS b,
--                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: listagg follows the total order of the events
--
-- error_aggregate_within_group.sql:4:22: WITHIN GROUP goes from the smallest value up
--       quantile_cont(0.5) WITHIN GROUP (ORDER BY amount DESC) OVER w AS c,
--                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: take the quantile 1 - q in its place
--
-- error_aggregate_within_group.sql:5:3: quantile_cont cannot take 2 arguments beside WITHIN GROUP
--       quantile_cont(amount, 0.5) WITHIN GROUP (ORDER BY amount) OVER w AS d,
--       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: quantile_cont(0.5) WITHIN GROUP (ORDER BY x) OVER w
--
-- error_aggregate_within_group.sql:6:36: expected ORDER BY; got amount
--       quantile_cont(0.5) WITHIN GROUP (amount) OVER w AS e
--                                        ^^^^^^
--     hint: WITHIN GROUP (ORDER BY x)
