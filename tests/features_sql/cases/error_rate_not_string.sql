CREATE FEATURE VIEW v ENTITY card_id AS
SELECT rate(amount, 60) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_rate_not_string.sql:2:21: rate's unit of time must be a quoted length of time
--     SELECT rate(amount, 60) OVER w AS n
--                         ^^
--     hint: rate(x, '1 minute') OVER w or rate(*, '1 minute') OVER w
