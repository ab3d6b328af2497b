CREATE FEATURE VIEW v ENTITY card_id AS
SELECT rate(amount) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_rate_one_argument.sql:2:8: rate cannot take 1 argument
--     SELECT rate(amount) OVER w AS n
--            ^^^^^^^^^^^^^^^^^^^
--     hint: rate(x, '1 minute') OVER w or rate(*, '1 minute') OVER w
