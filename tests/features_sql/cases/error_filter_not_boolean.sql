CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) FILTER (WHERE amount) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_filter_not_boolean.sql:2:31: a condition must be BOOLEAN; got DECIMAL(12,2)
--     SELECT count(*) FILTER (WHERE amount) OVER w AS n
--                                   ^^^^^^
