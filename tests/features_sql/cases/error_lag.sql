CREATE FEATURE VIEW v ENTITY card_id AS
SELECT lag(amount) OVER w AS previous
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_lag.sql:2:8: lag is a window function, not an aggregate
--     SELECT lag(amount) OVER w AS previous
--            ^^^
--     hint: last_n(x, 2) OVER w holds the value before the current one
