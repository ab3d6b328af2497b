CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL)
ORDER BY ts;
-- expected:
-- error_order_by.sql:5:1: ORDER BY is not part of a feature view
--     ORDER BY ts;
--     ^^^^^^^^
--     hint: events are always in the order of event time
