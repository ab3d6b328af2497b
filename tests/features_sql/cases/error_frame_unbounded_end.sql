CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER (RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND UNBOUNDED FOLLOWING) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_frame_unbounded_end.sql:2:69: a frame must not end after CURRENT ROW
--     SELECT sum(amount) OVER (RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND UNBOUNDED FOLLOWING) AS n
--                                                                         ^^^^^^^^^^^^^^^^^^^
--     hint: what comes later is not known at the instant
