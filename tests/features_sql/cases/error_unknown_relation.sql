CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(q.amount) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_unknown_relation.sql:2:12: unknown relation q
--     SELECT sum(q.amount) OVER w AS total
--                ^
--     hint: one of transactions
