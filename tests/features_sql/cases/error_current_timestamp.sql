CREATE FEATURE VIEW v ENTITY card_id AS
SELECT epoch(current_timestamp) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_current_timestamp.sql:2:14: current_timestamp reads the clock: a feature depends on its instant only
--     SELECT epoch(current_timestamp) AS n
--                  ^^^^^^^^^^^^^^^^^
--     hint: since_last() OVER w measures time
