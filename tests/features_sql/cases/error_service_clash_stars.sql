CREATE FEATURE SERVICE s AS
SELECT h.*, i.*
FROM card_velocity c JOIN merchant_hourly h USING (merchant_id) JOIN merchant_hourly i USING (merchant_id);
-- expected:
-- error_service_clash_stars.sql:2:13: two columns are called declines
--     SELECT h.*, i.*
--                 ^^^
--     hint: choose another name: AS ...
