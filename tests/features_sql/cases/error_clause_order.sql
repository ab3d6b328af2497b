CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
WHERE ok;
-- expected:
-- error_clause_order.sql:5:1: WHERE stands too late
--     WHERE ok;
--     ^^^^^
--     hint: the order is SELECT, FROM, WHERE, WINDOW, QUALIFY, EMIT
