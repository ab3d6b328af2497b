CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_aggregate_without_over.sql:2:8: sum is an aggregate: it needs OVER and a window
--     SELECT sum(amount) AS total
--            ^^^
--     hint: sum(x) OVER w
