CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c FULL JOIN merchant_hourly h USING (merchant_id);
-- expected:
-- error_service_join_kind.sql:3:22: a service joins views with JOIN or LEFT JOIN; got FULL JOIN
--     FROM card_velocity c FULL JOIN merchant_hourly h USING (merchant_id);
--                          ^^^^^^^^^
--     hint: both keep every driving row
