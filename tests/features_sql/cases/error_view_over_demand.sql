CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR)
EMIT ON DEMAND;
CREATE FEATURE VIEW x ENTITY card_id AS SELECT max(n) OVER (GLOBAL) AS most FROM v;
-- expected:
-- error_view_over_demand.sql:6:82: v is ON DEMAND: it writes no rows to read
--     CREATE FEATURE VIEW x ENTITY card_id AS SELECT max(n) OVER (GLOBAL) AS most FROM v;
--                                                                                      ^
--     hint: read transactions
