CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocty c;
-- expected:
-- error_service_unknown_view.sql:3:6: unknown feature view card_velocty
--     FROM card_velocty c;
--          ^^^^^^^^^^^^
--     hint: did you mean card_velocity?
