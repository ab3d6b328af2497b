CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WHERE ok
WHERE NOT ok
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_clause_twice.sql:5:1: WHERE is given twice
--     WHERE NOT ok
--     ^^^^^
