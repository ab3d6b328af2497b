CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (PARTITION BY (card_id, ts) SLIDING SIZE 5 MINUTES) AS n
FROM transactions;
-- expected:
-- error_window_partition_time.sql:2:46: ts is the event time: it cannot be part of an entity
--     SELECT count(*) OVER (PARTITION BY (card_id, ts) SLIDING SIZE 5 MINUTES) AS n
--                                                  ^^
