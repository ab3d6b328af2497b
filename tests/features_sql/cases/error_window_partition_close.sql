CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS n, count(*) OVER w AS here
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR), w AS (PARTITION BY (card_id, merchant_id) SLIDING SIZE 5 MINUTES)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_window_partition_close.sql:2:44: merchant_id has no single value in a row that no event drives
--     SELECT count(*) OVER h AS n, count(*) OVER w AS here
--                                                ^
--     hint: a view whose ENTITY names it too has such windows
