CREATE FEATURE VIEW v ENTITY card_id AS
SELECT last_n(amount, txn_id) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_last_n_expression.sql:2:23: last_n keeps a whole number of values, at least 1
--     SELECT last_n(amount, txn_id) OVER w AS n
--                           ^^^^^^
--     hint: last_n(x, 10) OVER w
