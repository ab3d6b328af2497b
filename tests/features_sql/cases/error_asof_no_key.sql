CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants m ON t.ts >= m.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_asof_no_key.sql:3:51: an ASOF join must name the key: t.key = m.key
--     FROM transactions t ASOF LEFT JOIN merchants m ON t.ts >= m.valid_from
--                                                       ^^^^^^^^^^^^^^^^^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
