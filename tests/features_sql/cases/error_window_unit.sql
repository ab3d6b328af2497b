CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUETS);
-- expected:
-- error_window_unit.sql:4:27: unknown unit of time MINUETS
--     WINDOW w AS (SLIDING SIZE 5 MINUETS);
--                               ^^^^^^^^^
--     hint: did you mean minutes?
