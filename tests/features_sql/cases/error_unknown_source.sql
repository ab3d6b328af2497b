CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transaction
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_unknown_source.sql:3:6: unknown source transaction
--     FROM transaction
--          ^^^^^^^^^^^
--     hint: did you mean transactions?
