CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (PARTITION BY card SLIDING SIZE 5 MINUTES);
-- expected:
-- error_window_partition_unknown.sql:4:27: PARTITION BY names an unknown column card
--     WINDOW w AS (PARTITION BY card SLIDING SIZE 5 MINUTES);
--                               ^^^^
--     hint: did you mean card_id?
