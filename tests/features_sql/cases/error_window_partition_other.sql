CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (PARTITION BY merchant_id SLIDING SIZE 5 MINUTES);
-- expected:
-- error_window_partition_other.sql:4:27: PARTITION BY must name the view's entity
--     WINDOW w AS (PARTITION BY merchant_id SLIDING SIZE 5 MINUTES);
--                               ^^^^^^^^^^^
--     hint: leave it out: it is the default
