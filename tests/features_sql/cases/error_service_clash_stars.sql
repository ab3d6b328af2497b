CREATE FEATURE SERVICE s AS
SELECT h.*, i.*
FROM card_velocity c JOIN merchant_hourly h USING (merchant_id) JOIN merchant_hourly i USING (merchant_id);
