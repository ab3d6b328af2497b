CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
QUALIFY nn > 3
EMIT ON EVENT;
-- expected:
-- error_qualify_unknown.sql:5:9: unknown feature nn
--     QUALIFY nn > 3
--             ^^
--     hint: did you mean n?
