CREATE FEATURE VIEW v ENTITY card_id AS
-- expected:
-- error_statement_ends.sql:1:39: expected SELECT; the statement ends here
--     CREATE FEATURE VIEW v ENTITY card_id AS
--                                           ^
