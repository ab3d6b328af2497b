CREATE FEATURE VIEW v ENTITY card_id AS
SELECT rate(amount, '1 minute') OVER (LAST 10 ROWS) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_rate_on_last.sql:2:8: rate needs a window with a length; last has none
--     SELECT rate(amount, '1 minute') OVER (LAST 10 ROWS) AS n
--            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: use one of sliding, tumbling, hopping, session, range
