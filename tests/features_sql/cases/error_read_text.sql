CREATE FEATURE VIEW v ENTITY card_id AS
SELECT read_text('/etc/passwd') AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_read_text.sql:2:8: read_text is a table function: they are not part of the language
--     SELECT read_text('/etc/passwd') AS n
--            ^^^^^^^^^
