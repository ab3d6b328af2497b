CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (SLIDE SIZE 5 MINUTES);
-- expected:
-- error_window_kind.sql:4:14: unknown kind of window SLIDE
--     WINDOW w AS (SLIDE SIZE 5 MINUTES);
--                  ^^^^^
--     hint: did you mean SLIDING?
