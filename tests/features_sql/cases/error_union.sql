CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount FROM transactions
EXCEPT
SELECT amount FROM transactions;
-- expected:
-- error_union.sql:3:1: EXCEPT is not part of a feature view
--     EXCEPT
--     ^^^^^^
--     hint: a view has one FROM
