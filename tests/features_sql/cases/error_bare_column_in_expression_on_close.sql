CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h + txn_id AS n
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_bare_column_in_expression_on_close.sql:2:26: txn_id has no single value when a window closes
--     SELECT count(*) OVER h + txn_id AS n
--                              ^^^^^^
--     hint: last(txn_id) OVER w
