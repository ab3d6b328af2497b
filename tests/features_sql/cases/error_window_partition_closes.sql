CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (PARTITION BY card_id, merchant_id TUMBLING SIZE 5 MINUTES)
EMIT ON WINDOW CLOSE w;
-- expected:
-- error_window_partition_closes.sql:2:22: merchant_id has no single value in a row that no event drives
--     SELECT count(*) OVER w AS n
--                          ^
--     hint: a view whose ENTITY names it too has such windows
--
-- error_window_partition_closes.sql:5:22: window w closes for part of an entity
--     EMIT ON WINDOW CLOSE w;
--                          ^
--     hint: a view whose ENTITY names those columns too writes on their closes
