CREATE FEATURE VIEW v ENTITY card_id AS
SELECT session_index() OVER w AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR);
-- expected:
-- error_session_word_elsewhere.sql:2:8: session_index needs a session window; w (sliding) is none
--     SELECT session_index() OVER w AS n
--            ^^^^^^^^^^^^^^^^^^^^^^
--     hint: SESSION GAP 30 MINUTES
