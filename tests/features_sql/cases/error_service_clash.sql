CREATE FEATURE SERVICE s AS
SELECT c.*, h.declines AS amount
FROM card_velocity c JOIN merchant_hourly h USING (merchant_id);
