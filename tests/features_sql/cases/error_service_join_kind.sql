CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c FULL JOIN merchant_hourly h USING (merchant_id);
