CREATE FEATURE SERVICE s AS
SELECT c.card_id, c.ts
FROM card_velocity c;
-- expected:
-- error_service_no_column.sql:1:24: service s has no column
--     CREATE FEATURE SERVICE s AS
--                            ^
--     hint: select c.* or a column
