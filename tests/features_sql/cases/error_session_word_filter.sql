CREATE FEATURE VIEW v ENTITY card_id AS
SELECT session_duration() FILTER (WHERE ok) OVER w AS n
FROM transactions
WINDOW w AS (SESSION GAP 1 HOUR);
-- expected:
-- error_session_word_filter.sql:2:41: session_duration is about the whole session: it takes no FILTER
--     SELECT session_duration() FILTER (WHERE ok) OVER w AS n
--                                             ^^
