CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) FILTER (WHERE card_id > 5 AND ok = 'true') OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_like_number.sql:2:41: 5 is no text, and card_id is VARCHAR
--     SELECT count(*) FILTER (WHERE card_id > 5 AND ok = 'true') OVER w AS n
--                                             ^
--     hint: write '5', or TRY_CAST(card_id AS BIGINT), which is NULL of other texts
