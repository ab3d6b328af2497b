CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WHERE amount
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_where_not_boolean.sql:4:7: a condition must be BOOLEAN; got DECIMAL(12,2)
--     WHERE amount
--           ^^^^^^
