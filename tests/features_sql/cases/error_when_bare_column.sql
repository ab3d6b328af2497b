CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT WHEN amount > 100;
-- expected:
-- error_when_bare_column.sql:5:11: amount has no single value in a row that is not ON EVENT
--     EMIT WHEN amount > 100;
--               ^^^^^^
--     hint: last(amount) OVER w
