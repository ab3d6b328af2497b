CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT EVERY 5 MINITES;
-- expected:
-- error_every_unknown_unit.sql:5:12: unknown unit of time MINITES
--     EMIT EVERY 5 MINITES;
--                ^^^^^^^^^
--     hint: did you mean minutes?
