CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(card_id) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_type_mismatch.sql:2:8: there is no sum(VARCHAR)
--     SELECT sum(card_id) OVER w AS total
--            ^^^^^^^^^^^^^^^^^^^
--     hint: CAST(x AS DOUBLE) makes a number of text
