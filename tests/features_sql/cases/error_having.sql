CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
HAVING count(*) > 1
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_having.sql:4:1: HAVING is not part of a feature view
--     HAVING count(*) > 1
--     ^^^^^^
--     hint: select what you need and filter where it is read
