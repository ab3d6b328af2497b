CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount, sum(amount) OVER w AS amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_duplicate_feature.sql:2:38: two columns are called amount
--     SELECT amount, sum(amount) OVER w AS amount
--                                          ^^^^^^
--     hint: choose another name: AS ...
