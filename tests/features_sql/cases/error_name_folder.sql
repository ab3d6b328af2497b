CREATE FEATURE VIEW "../v" ENTITY card_id AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_name_folder.sql:1:21: a view's name must be made of the letters a to z, digits and _; got ../v
--     CREATE FEATURE VIEW "../v" ENTITY card_id AS
--                         ^^^^^^
