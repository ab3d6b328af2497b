CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c JOIN merchant_hourly h ON c.merchant = h.merchant_id;
-- expected:
-- error_service_join_unknown_key.sql:3:48: card_velocity has no column merchant
--     FROM card_velocity c JOIN merchant_hourly h ON c.merchant = h.merchant_id;
--                                                    ^^^^^^^^^^
--     hint: did you mean merchant_id?
