CREATE FEATURE SERVICE s AS
SELECT t.*
FROM transactions t;
-- expected:
-- error_service_source.sql:3:6: transactions is a source: a service reads feature views
--     FROM transactions t;
--          ^^^^^^^^^^^^
