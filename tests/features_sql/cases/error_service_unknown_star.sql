CREATE FEATURE SERVICE s AS
SELECT d.*
FROM card_velocity c;
-- expected:
-- error_service_unknown_star.sql:2:8: unknown view d
--     SELECT d.*
--            ^^^
--     hint: one of c
