CREATE FEATURE VIEW v ENTITY card_id AS
SELECT transactions.*
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_qualified_star.sql:2:8: * may stand only in count(*) and rate(*, ...)
--     SELECT transactions.*
--            ^^^^^^^^^^^^^^
--     hint: name the columns
