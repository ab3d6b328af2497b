CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (GLOBAL)
EMIT;
-- expected:
-- error_emit_bare.sql:5:4: expected ON, EVERY or WHEN; the statement ends here
--     EMIT;
--        ^
--     hint: one of ON EVENT [IMMEDIATELY], ON WINDOW CLOSE, EVERY 1 MINUTE, EVERY 100 EVENTS, WHEN condition or ON DEMAND
