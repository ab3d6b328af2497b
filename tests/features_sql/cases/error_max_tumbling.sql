CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (TUMBLING SIZE 1 HOUR MAX 2 HOURS);
-- expected:
-- error_max_tumbling.sql:4:35: a tumbling window has no MAX
--     WINDOW w AS (TUMBLING SIZE 1 HOUR MAX 2 HOURS);
--                                       ^^^
--     hint: SESSION GAP 30 MINUTES MAX 8 HOURS
