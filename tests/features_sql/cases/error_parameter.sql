CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount + ? AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_parameter.sql:2:17: parameters are not part of the language
--     SELECT amount + ? AS n
--                     ^
