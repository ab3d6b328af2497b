CREATE FEATURE VIEW _v ENTITY card_id AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_name_underscore.sql:1:21: a view's name may not start with _; got _v
--     CREATE FEATURE VIEW _v ENTITY card_id AS
--                         ^^
--     hint: such names are headrace's own
