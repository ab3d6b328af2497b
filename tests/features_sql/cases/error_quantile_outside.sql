CREATE FEATURE VIEW v ENTITY card_id AS
SELECT quantile_cont(amount, 1.5) OVER w AS a, quantile_disc(amount, amount) OVER w AS b, quantile_cont(merchant_id, 0.5) OVER w AS c
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR);
-- expected:
-- error_quantile_outside.sql:2:8: QUANTILE can only take parameters in the range [-1, 1]
--     SELECT quantile_cont(amount, 1.5) OVER w AS a, quantile_disc(amount, amount) OVER w AS b, quantile_cont(merchant_id, 0.5) OVER w AS c
--            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--
-- error_quantile_outside.sql:2:70: this argument of quantile_disc must be a constant
--     SELECT quantile_cont(amount, 1.5) OVER w AS a, quantile_disc(amount, amount) OVER w AS b, quantile_cont(merchant_id, 0.5) OVER w AS c
--                                                                          ^^^^^^
--
-- error_quantile_outside.sql:2:91: there is no quantile_cont(VARCHAR, DECIMAL(2,1))
--     SELECT quantile_cont(amount, 1.5) OVER w AS a, quantile_disc(amount, amount) OVER w AS b, quantile_cont(merchant_id, 0.5) OVER w AS c
--                                                                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
