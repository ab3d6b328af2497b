CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c JOIN merchant_hourly h;
-- expected:
-- error_service_join_no_condition.sql:3:43: expected ON; the statement ends here
--     FROM card_velocity c JOIN merchant_hourly h;
--                                               ^
--     hint: JOIN view v USING (key), or ON c.key = v.key
