CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SESSION GAP 1 HOUR MAX 0 HOURS);
-- expected:
-- error_max_nothing.sql:4:37: MAX must be longer than nothing
--     WINDOW w AS (SESSION GAP 1 HOUR MAX 0 HOURS);
--                                         ^^^^^^^
