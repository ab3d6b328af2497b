CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount * AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_syntax.sql:2:15: this expression ends too early
--     SELECT amount * AS n
--                   ^
