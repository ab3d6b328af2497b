CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c WHERE c.amount > 0;
-- expected:
-- error_service_where.sql:3:22: WHERE is not part of a feature service
--     FROM card_velocity c WHERE c.amount > 0;
--                          ^^^^^
--     hint: a service has one row for each row of the view that drives it; do this in a feature view
