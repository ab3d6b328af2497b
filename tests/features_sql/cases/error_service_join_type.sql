CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c JOIN merchant_hourly h ON c.amount = h.merchant_id;
-- expected:
-- error_service_join_type.sql:3:48: c.amount is DECIMAL(12,2) but h.merchant_id is VARCHAR
--     FROM card_velocity c JOIN merchant_hourly h ON c.amount = h.merchant_id;
--                                                    ^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: keys must have the same type
