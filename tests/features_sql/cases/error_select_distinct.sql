CREATE FEATURE VIEW v ENTITY card_id AS
SELECT DISTINCT merchant_id
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_select_distinct.sql:2:8: SELECT DISTINCT is not part of the language
--     SELECT DISTINCT merchant_id
--            ^^^^^^^^
--     hint: DISTINCT may stand inside an aggregate
