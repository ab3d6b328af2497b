CREATE FEATURE VIEW v ENTITY card_id AS
SELECT lead(amount) OVER w AS next
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_lead.sql:2:8: lead is a window function, not an aggregate
--     SELECT lead(amount) OVER w AS next
--            ^^^^
--     hint: what comes later is not known at the instant
