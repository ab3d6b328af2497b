CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount) * 2 AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_syntax_closing.sql:2:14: this ) closes nothing
--     SELECT amount) * 2 AS n
--                  ^
