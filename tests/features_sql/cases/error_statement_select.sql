SELECT 1;
-- expected:
-- error_statement_select.sql:1:1: a statement must start with CREATE; got SELECT
--     SELECT 1;
--     ^^^^^^
--     hint: CREATE FEATURE VIEW name ENTITY column AS SELECT ...
