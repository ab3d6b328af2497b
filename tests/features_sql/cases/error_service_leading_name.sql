CREATE FEATURE SERVICE s AS
SELECT c.amount AS card_id
FROM card_velocity c;
-- expected:
-- error_service_leading_name.sql:2:20: card_id is the name of a column that leads every row
--     SELECT c.amount AS card_id
--                        ^^^^^^^
--     hint: choose another name: AS ...
