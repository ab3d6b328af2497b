CREATE FEATURE VIEW v ENTITY card_id AS SELECT h.declines AS declines
FROM transactions t ASOF LEFT JOIN merchant_hourly h ON t.merchant_id = h.merchant_id AND t.ts >= h.as_of;
-- expected:
-- error_view_joined.sql:2:36: merchant_hourly is a feature view: a view joins tables
--     FROM transactions t ASOF LEFT JOIN merchant_hourly h ON t.merchant_id = h.merchant_id AND t.ts >= h.as_of;
--                                        ^^^^^^^^^^^^^^^
--     hint: a feature service reads several views
