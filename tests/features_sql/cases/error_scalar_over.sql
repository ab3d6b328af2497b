CREATE FEATURE VIEW v ENTITY card_id AS
SELECT abs(amount) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_scalar_over.sql:2:8: abs is not an aggregate: it takes no OVER
--     SELECT abs(amount) OVER w AS n
--            ^^^
--     hint: put OVER after the aggregate inside it
