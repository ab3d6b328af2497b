CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER (ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_frame_following.sql:2:55: a frame must not end after CURRENT ROW
--     SELECT sum(amount) OVER (ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS n
--                                                           ^^^^^^^^^^^
--     hint: what comes later is not known at the instant
