CREATE FEATURE VIEW v ENTITY card_id AS
SELECT card_id + sum(amount) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_type_mismatch_outside.sql:2:8: there is no VARCHAR + DECIMAL(38,2)
--     SELECT card_id + sum(amount) OVER w AS total
--            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
