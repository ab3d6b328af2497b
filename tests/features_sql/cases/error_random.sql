CREATE FEATURE VIEW v ENTITY card_id AS
SELECT random() AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_random.sql:2:8: random is not allowed: it would not give the same value twice
--     SELECT random() AS n
--            ^^^^^^
