CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (TUMBLING SIZE 1 YEAR OFFSET 3 MONTHS);
-- expected:
-- error_offset_months.sql:4:42: MONTHS is a length for TUMBLING SIZE only
--     WINDOW w AS (TUMBLING SIZE 1 YEAR OFFSET 3 MONTHS);
--                                              ^^^^^^^^
--     hint: months differ in length: use DAYS
