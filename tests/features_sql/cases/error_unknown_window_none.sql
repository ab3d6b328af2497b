CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(amount) OVER w AS total
FROM transactions;
-- expected:
-- error_unknown_window_none.sql:2:25: unknown window w
--     SELECT sum(amount) OVER w AS total
--                             ^
--     hint: declare it: WINDOW w AS (...)
