CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER (ROWS BETWEEN 1 PRECEDING AND 3 PRECEDING) AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_frame_backwards.sql:2:31: this frame ends before it starts
--     SELECT sum(amount) OVER (ROWS BETWEEN 1 PRECEDING AND 3 PRECEDING) AS n
--                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: the earlier bound comes first
