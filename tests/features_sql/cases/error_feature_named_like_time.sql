CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER w AS ts
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_feature_named_like_time.sql:2:30: ts is the name of a column that leads every row
--     SELECT sum(amount) OVER w AS ts
--                                  ^^
--     hint: choose another name: AS ...
