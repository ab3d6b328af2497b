CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount * 2
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_no_name.sql:2:8: this feature has no name
--     SELECT amount * 2
--            ^^^^^^^^^^
--     hint: add AS and a name
