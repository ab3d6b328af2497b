CREATE FEATURE VIEW v ENTITY card_id AS
SELECT unnest([1, 2]) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_unnest.sql:2:8: unnest is a table function: they are not part of the language
--     SELECT unnest([1, 2]) AS n
--            ^^^^^^
