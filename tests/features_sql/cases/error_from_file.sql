CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM 'events.csv'
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_from_file.sql:3:6: FROM cannot read files
--     FROM 'events.csv'
--          ^^^^^^^^^^^^
--     hint: declare a source: CREATE SOURCE ... WITH ('path' = ...)
