CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL)
LIMIT 10;
-- expected:
-- error_limit.sql:5:1: LIMIT is not part of a feature view
--     LIMIT 10;
--     ^^^^^
--     hint: a view holds a row for every event or close
