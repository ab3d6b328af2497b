CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n, mad(amount) OVER w AS middle
FROM transactions
WINDOW w AS (GLOBAL)
EMIT WHEN middle > 3;
-- expected:
-- error_when_no_fold.sql:2:30: mad over all history would be computed anew for each event
--     SELECT count(*) OVER w AS n, mad(amount) OVER w AS middle
--                                  ^^^^^^^^^^^^^^^^^^
--     hint: choose a window with a length, or allow it: WITH ('recompute' = 'allowed')
