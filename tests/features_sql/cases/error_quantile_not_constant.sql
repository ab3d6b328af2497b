CREATE FEATURE VIEW v ENTITY card_id AS
SELECT quantile_cont(amount, txn_id) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_quantile_not_constant.sql:2:30: this argument of quantile_cont must be a constant
--     SELECT quantile_cont(amount, txn_id) OVER w AS n
--                                  ^^^^^^
