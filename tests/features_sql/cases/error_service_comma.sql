CREATE FEATURE SERVICE s AS
SELECT c.txns_5m, h.declines FROM card_velocity c, merchant_hourly h;
-- expected:
-- error_service_comma.sql:2:50: FROM names one relation; got ,
--     SELECT c.txns_5m, h.declines FROM card_velocity c, merchant_hourly h;
--                                                      ^
--     hint: JOIN view v USING (key), or ON c.key = v.key
