CREATE FEATURE VIEW v ENTITY card_id AS
SELECT merchant_id AS card_id
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_feature_named_like_entity.sql:2:23: card_id is the name of a column that leads every row
--     SELECT merchant_id AS card_id
--                           ^^^^^^^
--     hint: choose another name: AS ...
