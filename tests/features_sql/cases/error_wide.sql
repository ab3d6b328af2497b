CREATE FEATURE VIEW v ENTITY card_id AS
SELECT '日本' || amuont AS x
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_wide.sql:2:16: unknown column amuont
--     SELECT '日本' || amuont AS x
--                      ^^^^^^
--     hint: did you mean amount?
