CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(lowr(card_id)) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_unknown_function.sql:2:12: unknown function lowr
--     SELECT sum(lowr(card_id)) OVER w AS total
--                ^^^^
--     hint: did you mean lower?
