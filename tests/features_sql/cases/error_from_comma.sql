CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t, merchants m
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_from_comma.sql:3:20: FROM names one relation; got ,
--     FROM transactions t, merchants m
--                        ^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
