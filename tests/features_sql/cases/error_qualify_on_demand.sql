CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
QUALIFY n > 3
EMIT ON DEMAND;
-- expected:
-- error_qualify_on_demand.sql:5:9: QUALIFY filters written rows, and ON DEMAND writes none
--     QUALIFY n > 3
--             ^^^^^
--     hint: filter where it is read
