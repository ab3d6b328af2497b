CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount::MONEY AS x
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_cast_type.sql:2:8: unknown type MONEY
--     SELECT amount::MONEY AS x
--            ^^^^^^^^^^^^^
