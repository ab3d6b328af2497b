CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount AS _amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_feature_underscore.sql:2:18: a feature's name may not start with _; got _amount
--     SELECT amount AS _amount
--                      ^^^^^^^
--     hint: such names are headrace's own
