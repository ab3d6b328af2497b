CREATE FEATURE VIEW v ENTITY card_id AS
SELECT 1 AS one;
-- expected:
-- error_from_missing.sql:2:15: expected FROM; the statement ends here
--     SELECT 1 AS one;
--                   ^
