CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c JOIN merchant_hourly h ON c.ts = h.merchant_id;
-- expected:
-- error_service_join_time.sql:3:48: ts is the time of card_velocity, not a key
--     FROM card_velocity c JOIN merchant_hourly h ON c.ts = h.merchant_id;
--                                                    ^^^^
