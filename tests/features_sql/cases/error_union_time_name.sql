CREATE FEATURE VIEW v ENTITY id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id AS id, ts FROM transactions UNION ALL SELECT merchant_id, as_of FROM merchant_hourly) u;
-- expected:
-- error_union_time_name.sql:3:80: the branches call their event time ts and as_of
--     FROM (SELECT card_id AS id, ts FROM transactions UNION ALL SELECT merchant_id, as_of FROM merchant_hourly) u;
--                                                                                    ^^^^^
--     hint: as_of AS ts
