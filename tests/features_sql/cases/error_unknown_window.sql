CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER w5 AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_unknown_window.sql:2:25: unknown window w5
--     SELECT sum(amount) OVER w5 AS total
--                             ^^
--     hint: did you mean w?
