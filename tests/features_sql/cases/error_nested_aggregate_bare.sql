CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(avg(amount)) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_nested_aggregate_bare.sql:2:12: avg is an aggregate: it cannot stand inside another
--     SELECT sum(avg(amount)) OVER w AS total
--                ^^^
--     hint: aggregate once, over the events of a window
