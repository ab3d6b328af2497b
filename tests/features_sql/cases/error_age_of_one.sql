CREATE FEATURE VIEW v ENTITY card_id AS
SELECT age(ts) AS x
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_age_of_one.sql:2:8: age of one timestamp reads the clock
--     SELECT age(ts) AS x
--            ^^^
--     hint: give it two
