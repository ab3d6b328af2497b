CREATE FEATURE VIEW v ENTITY card_id AS
SELECT reservoir_quantile(amount, 0.5) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_reservoir_quantile.sql:2:8: reservoir_quantile is random: it would not give the same value twice
--     SELECT reservoir_quantile(amount, 0.5) OVER w AS n
--            ^^^^^^^^^^^^^^^^^^
--     hint: use quantile_cont or quantile_disc
