CREATE FEATURE VIEW v ENTITY card_id AS
SELECT upper(amount, 3) AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_type_mismatch_feature.sql:2:8: there is no upper(DECIMAL(12,2), INTEGER)
--     SELECT upper(amount, 3) AS total
--            ^^^^^^^^^^^^^^^^
