CREATE FEATURE SERVICE s AS
SELECT c.amount * 2
FROM card_velocity c;
-- expected:
-- error_service_no_name.sql:2:8: this column has no name
--     SELECT c.amount * 2
--            ^^^^^^^^^^^^
--     hint: add AS and a name
