CREATE FEATURE VIEW v ENTITY card_id AS
SELECT session_index() OVER w AS n
FROM transactions
WINDOW w AS (SESSION GAP 1 HOUR EXCLUDE CURRENT ROW);
-- expected:
-- error_session_index_own_row.sql:2:8: session_index needs a window that holds its own row
--     SELECT session_index() OVER w AS n
--            ^^^^^^^^^^^^^^^^^^^^^^
--     hint: leave EXCLUDE CURRENT ROW out
