CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT ON EVENT
QUALIFY n > 3;
-- expected:
-- error_qualify_after_emit.sql:6:1: QUALIFY stands too late
--     QUALIFY n > 3;
--     ^^^^^^^
--     hint: the order is SELECT, FROM, WHERE, WINDOW, QUALIFY, EMIT
