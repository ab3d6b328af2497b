CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 1 MONTH);
-- expected:
-- error_months.sql:4:27: MONTH is a length for TUMBLING SIZE only
--     WINDOW w AS (SLIDING SIZE 1 MONTH);
--                               ^^^^^^^
--     hint: months differ in length: use DAYS
