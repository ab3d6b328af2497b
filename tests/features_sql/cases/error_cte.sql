CREATE FEATURE VIEW v ENTITY card_id AS
WITH t AS (SELECT * FROM transactions)
SELECT amount FROM t;
-- expected:
-- error_cte.sql:2:1: WITH queries are not part of the language
--     WITH t AS (SELECT * FROM transactions)
--     ^^^^
--     hint: write one feature view for each step
