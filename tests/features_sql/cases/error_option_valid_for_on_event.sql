CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = '1 day') AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_option_valid_for_on_event.sql:1:44: 'valid.for' is for views that are read as their newest row
--     CREATE FEATURE VIEW v ENTITY card_id WITH ('valid.for' = '1 day') AS
--                                                ^^^^^^^^^^^
--     hint: reads of this view are computed for their own instant
