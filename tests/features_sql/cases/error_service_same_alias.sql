CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c JOIN merchant_hourly c USING (merchant_id);
-- expected:
-- error_service_same_alias.sql:3:43: c is used twice in FROM
--     FROM card_velocity c JOIN merchant_hourly c USING (merchant_id);
--                                               ^
--     hint: give each view its own alias
