CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN merchants t ON t.merchant_id = t.merchant_id AND t.ts >= t.valid_from
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_asof_same_alias.sql:3:46: t is used twice in FROM
--     FROM transactions t ASOF LEFT JOIN merchants t ON t.merchant_id = t.merchant_id AND t.ts >= t.valid_from
--                                                  ^
--     hint: give each relation its own alias
