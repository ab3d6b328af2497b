CREATE FEATURE VIEW v ENTITY card_id AS
SELECT summ(amount) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_unknown_aggregate.sql:2:8: unknown aggregate summ
--     SELECT summ(amount) OVER w AS total
--            ^^^^
--     hint: did you mean sum?
