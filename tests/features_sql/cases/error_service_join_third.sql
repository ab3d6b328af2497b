CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c JOIN merchant_hourly h ON x.merchant_id = h.merchant_id;
-- expected:
-- error_service_join_third.sql:3:48: x is neither c nor h
--     FROM card_velocity c JOIN merchant_hourly h ON x.merchant_id = h.merchant_id;
--                                                    ^^^^^^^^^^^^^
--     hint: keys come from the view that drives
