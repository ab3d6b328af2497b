CREATE FEATURE VIEW v ENTITY card_id AS
SELECT *
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_star.sql:2:8: * may stand only in count(*) and rate(*, ...)
--     SELECT *
--            ^
--     hint: name the columns
