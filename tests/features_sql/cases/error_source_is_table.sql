CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM merchants
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_source_is_table.sql:3:6: merchants is a table: a view reads a source of events
--     FROM merchants
--          ^^^^^^^^^
--     hint: join it with ASOF LEFT JOIN, or give it a WATERMARK
