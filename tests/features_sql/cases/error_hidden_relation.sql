CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(transactions.amount) OVER w AS n
FROM transactions t
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_hidden_relation.sql:2:12: unknown relation transactions
--     SELECT sum(transactions.amount) OVER w AS n
--                ^^^^^^^^^^^^
--     hint: it is called t here
