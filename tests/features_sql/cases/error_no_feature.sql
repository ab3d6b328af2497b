CREATE FEATURE VIEW v ENTITY card_id AS
SELECT card_id, ts
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_no_feature.sql:1:21: view v has no feature
--     CREATE FEATURE VIEW v ENTITY card_id AS
--                         ^
--     hint: the entity and the event time lead every row by themselves
