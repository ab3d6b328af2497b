CREATE FEATURE VIEW v ENTITY card_id AS
SELECT rate(amount, '1 mintue') OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_rate_unit.sql:2:21: unknown unit of time mintue
--     SELECT rate(amount, '1 mintue') OVER w AS n
--                         ^^^^^^^^^^
--     hint: did you mean minutes?
