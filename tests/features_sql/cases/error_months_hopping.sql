CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (HOPPING SIZE 1 YEAR ADVANCE BY 1 MONTH);
-- expected:
-- error_months_hopping.sql:4:27: YEAR is a length for TUMBLING SIZE only
--     WINDOW w AS (HOPPING SIZE 1 YEAR ADVANCE BY 1 MONTH);
--                               ^^^^^^
--     hint: months differ in length: use DAYS
