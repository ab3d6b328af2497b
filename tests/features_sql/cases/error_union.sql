CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount FROM transactions
EXCEPT
SELECT amount FROM transactions;
