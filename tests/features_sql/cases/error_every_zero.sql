CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT EVERY 0 MINUTES;
-- expected:
-- error_every_zero.sql:5:12: EVERY must be longer than nothing
--     EMIT EVERY 0 MINUTES;
--                ^^^^^^^^^
