CREATE FEATURE VIEW v ENTITY card_id AS
SELECT since_last(amount) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_since_last_type.sql:2:19: a condition must be BOOLEAN; got DECIMAL(12,2)
--     SELECT since_last(amount) OVER w AS n
--                       ^^^^^^
