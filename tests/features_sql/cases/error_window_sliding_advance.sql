CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR ADVANCE BY 5 MINUTES);
-- expected:
-- error_window_sliding_advance.sql:4:34: a sliding window moves with every event
--     WINDOW w AS (SLIDING SIZE 1 HOUR ADVANCE BY 5 MINUTES);
--                                      ^^^^^^^^^^
--     hint: a window that advances in steps is HOPPING
