CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), w AS (GLOBAL);
-- expected:
-- error_window_twice.sql:4:39: window w is declared twice
--     WINDOW w AS (SLIDING SIZE 5 MINUTES), w AS (GLOBAL);
--                                           ^
