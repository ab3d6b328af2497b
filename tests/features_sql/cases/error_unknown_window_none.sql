CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER w AS total
FROM transactions;
