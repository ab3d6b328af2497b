CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount, count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT EVERY 5 MINUTES;
-- expected:
-- error_every_bare_column.sql:2:8: amount has no single value in a row that is not ON EVENT
--     SELECT amount, count(*) OVER w AS n
--            ^^^^^^
--     hint: last(amount) OVER w
