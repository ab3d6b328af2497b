CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (TUMBLING SIZE 0 MONTHS);
-- expected:
-- error_months_none.sql:4:28: a calendar length must be 1 to 12,000 months; got 0 MONTHS
--     WINDOW w AS (TUMBLING SIZE 0 MONTHS);
--                                ^^^^^^^^
