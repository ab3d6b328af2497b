CREATE FEATURE VIEW v ENTITY card_id AS
SELECT OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_over_alone.sql:2:13: w is not expected here
--     SELECT OVER w AS n
--                 ^
--     hint: a name is given with AS
