CREATE FEATURE VIEW v ENTITY card_id AS
SELECT getvariable('HOME') AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_getvariable.sql:2:8: getvariable is not allowed: it would not give the same value twice
--     SELECT getvariable('HOME') AS n
--            ^^^^^^^^^^^
