CREATE FEATURE VIEW v ENTITY card_id AS
SELECT session_duration(amount) OVER w AS n
FROM transactions
WINDOW w AS (SESSION GAP 1 HOUR);
-- expected:
-- error_session_word_argument.sql:2:8: session_duration cannot take 1 argument
--     SELECT session_duration(amount) OVER w AS n
--            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: session_duration() OVER w
