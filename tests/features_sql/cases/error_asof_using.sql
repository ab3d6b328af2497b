CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants m USING (merchant_id)
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_asof_using.sql:3:21: ASOF LEFT JOIN takes ON, not USING
--     FROM transactions t ASOF LEFT JOIN merchants m USING (merchant_id)
--                         ^^^^^^^^^^^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
