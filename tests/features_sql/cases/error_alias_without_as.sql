CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount * 2 double_amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_alias_without_as.sql:2:19: double_amount is not expected here
--     SELECT amount * 2 double_amount
--                       ^^^^^^^^^^^^^
--     hint: a name is given with AS
