CREATE FEATURE VIEW v ENTITY card_id AS
SELECT row_number() OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_row_number.sql:2:8: row_number is a window function, not an aggregate
--     SELECT row_number() OVER w AS n
--            ^^^^^^^^^^
--     hint: use count(*) OVER w
