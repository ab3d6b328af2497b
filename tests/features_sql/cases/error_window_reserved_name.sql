CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount
FROM transactions
WINDOW session AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_window_reserved_name.sql:4:8: session is a kind of window and cannot name one
--     WINDOW session AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
--            ^^^^^^^
