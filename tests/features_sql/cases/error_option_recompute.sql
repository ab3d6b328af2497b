CREATE FEATURE VIEW v ENTITY card_id WITH ('recompute' = 'yes') AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_option_recompute.sql:1:58: 'recompute' cannot be 'yes'
--     CREATE FEATURE VIEW v ENTITY card_id WITH ('recompute' = 'yes') AS
--                                                              ^^^^^
--     hint: it may be 'allowed'
