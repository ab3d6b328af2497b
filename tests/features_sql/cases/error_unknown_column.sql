CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amonut) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_unknown_column.sql:2:12: unknown column amonut
--     SELECT sum(amonut) OVER w AS total
--                ^^^^^^
--     hint: did you mean amount?
