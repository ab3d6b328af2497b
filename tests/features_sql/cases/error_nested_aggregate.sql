CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(avg(amount) OVER w) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_nested_aggregate.sql:2:12: aggregates cannot be nested
--     SELECT sum(avg(amount) OVER w) OVER w AS total
--                ^^^^^^^^^^^^^^^^^^
--     hint: aggregate once, over the events of a window
