CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (HOPPING SIZE 1 HOUR ADVANCE BY 7 MINUTES);
-- expected:
-- error_window_hopping_multiple.sql:4:34: the size of a hopping window must be a multiple of its advance
--     WINDOW w AS (HOPPING SIZE 1 HOUR ADVANCE BY 7 MINUTES);
--                                      ^^^^^^^^^^^^^^^^^^^^
