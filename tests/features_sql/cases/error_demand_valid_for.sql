CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = '1 day') AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT ON DEMAND;
-- expected:
-- error_demand_valid_for.sql:1:44: 'valid.for' is for views that are read as their newest row
--     CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = '1 day') AS
--                                                ^^^^^^^^^^^
--     hint: reads of this view are computed for their own instant
