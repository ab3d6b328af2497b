CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) FILTER (WHERE card_id > 5 AND ok = 'true') OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_like_number.sql:2:31: cannot compare values of type VARCHAR and type INTEGER - an explicit cast is required
--     SELECT count(*) FILTER (WHERE card_id > 5 AND ok = 'true') OVER w AS n
--                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^
