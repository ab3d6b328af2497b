CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM read_csv('events.csv')
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_from_function.sql:3:6: table functions are not part of the language; got read_csv(...)
--     FROM read_csv('events.csv')
--          ^^^^^^^^
--     hint: FROM names a relation
