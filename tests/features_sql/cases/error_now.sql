CREATE FEATURE VIEW v ENTITY card_id AS
SELECT epoch(now()) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_now.sql:2:14: now reads the clock: a feature depends on its instant only
--     SELECT epoch(now()) AS n
--                  ^^^
--     hint: since_last() OVER w measures time
