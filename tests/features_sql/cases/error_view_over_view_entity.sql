CREATE FEATURE VIEW v ENTITY card_id AS
SELECT max(declines) OVER (SLIDING SIZE 1 DAY) AS n
FROM merchant_hourly;
-- expected:
-- error_view_over_view_entity.sql:1:30: ENTITY names an unknown column card_id of merchant_hourly
--     CREATE FEATURE VIEW v ENTITY card_id AS
--                                  ^^^^^^^
--     hint: columns: merchant_id, as_of, declines
