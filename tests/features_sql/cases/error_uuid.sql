CREATE FEATURE VIEW v ENTITY card_id AS
SELECT uuid() AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_uuid.sql:2:8: uuid is not allowed: it would not give the same value twice
--     SELECT uuid() AS n
--            ^^^^
