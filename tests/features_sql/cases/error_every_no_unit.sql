CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT EVERY 5;
-- expected:
-- error_every_no_unit.sql:5:12: expected a unit of time such as MINUTES; the statement ends here
--     EMIT EVERY 5;
--                ^
