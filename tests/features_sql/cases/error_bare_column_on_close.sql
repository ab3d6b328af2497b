CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount, count(*) OVER h AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_bare_column_on_close.sql:2:8: amount has no single value when a window closes
--     SELECT amount, count(*) OVER h AS n
--            ^^^^^^
--     hint: last(amount) OVER w
