CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (HOPPING SIZE 1 HOUR);
-- expected:
-- error_window_hopping_no_advance.sql:4:33: expected ADVANCE BY; got )
--     WINDOW w AS (HOPPING SIZE 1 HOUR);
--                                     ^
--     hint: HOPPING SIZE 1 HOUR ADVANCE BY 5 MINUTES
