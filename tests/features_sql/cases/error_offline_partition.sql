CREATE FEATURE VIEW v ENTITY card_id WITH ('offline.partition' = 'week') AS SELECT amount FROM transactions;
-- expected:
-- error_offline_partition.sql:1:66: 'offline.partition' cannot be 'week'
--     CREATE FEATURE VIEW v ENTITY card_id WITH ('offline.partition' = 'week') AS SELECT amount FROM transactions;
--                                                                      ^^^^^^
--     hint: it may be 'day' or 'month'
