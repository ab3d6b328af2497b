CREATE FEATURE VIEW v ENTITY card_id AS
SELECT last_n_distict(merchant_id, 3) OVER w AS a, evma(amount, '1 hour') OVER w AS b, percentile_cont(amount, 0.5) OVER w AS c,
  quantile_count(amount, 0.5) OVER w AS d
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR);
-- expected:
-- error_aggregate_nearly.sql:2:8: unknown aggregate last_n_distict
--     SELECT last_n_distict(merchant_id, 3) OVER w AS a, evma(amount, '1 hour') OVER w AS b, percentile_cont(amount, 0.5) OVER w AS c,
--            ^^^^^^^^^^^^^^
--     hint: did you mean last_n_distinct?
--
-- error_aggregate_nearly.sql:2:52: unknown aggregate evma
--     SELECT last_n_distict(merchant_id, 3) OVER w AS a, evma(amount, '1 hour') OVER w AS b, percentile_cont(amount, 0.5) OVER w AS c,
--                                                        ^^^^
--     hint: did you mean ewma?
--
-- error_aggregate_nearly.sql:2:88: unknown aggregate percentile_cont
--     SELECT last_n_distict(merchant_id, 3) OVER w AS a, evma(amount, '1 hour') OVER w AS b, percentile_cont(amount, 0.5) OVER w AS c,
--                                                                                            ^^^^^^^^^^^^^^^
--     hint: did you mean quantile_cont?
--
-- error_aggregate_nearly.sql:3:3: unknown aggregate quantile_count
--       quantile_count(amount, 0.5) OVER w AS d
--       ^^^^^^^^^^^^^^
--     hint: did you mean quantile_cont?
