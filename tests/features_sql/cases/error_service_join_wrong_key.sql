CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c JOIN merchant_hourly h USING (card_id);
-- expected:
-- error_service_join_wrong_key.sql:3:52: card_id is not the entity of merchant_hourly
--     FROM card_velocity c JOIN merchant_hourly h USING (card_id);
--                                                        ^^^^^^^
--     hint: its entity is merchant_id
