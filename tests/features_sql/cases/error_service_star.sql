CREATE FEATURE SERVICE s AS
SELECT *
FROM card_velocity c;
-- expected:
-- error_service_star.sql:2:8: * needs a view in front of it
--     SELECT *
--            ^
--     hint: write c.*
