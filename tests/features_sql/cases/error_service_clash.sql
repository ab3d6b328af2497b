CREATE FEATURE SERVICE s AS
SELECT c.*, h.declines AS amount
FROM card_velocity c JOIN merchant_hourly h USING (merchant_id);
-- expected:
-- error_service_clash.sql:2:27: two columns are called amount
--     SELECT c.*, h.declines AS amount
--                               ^^^^^^
--     hint: choose another name: AS ...
