CREATE FEATURE VIEW v ENTITY card_id AS
SELECT 1 AS one
FROM transactions
EMIT EVERY 5 MINUTES;
-- expected:
-- error_every_no_window.sql:4:1: EMIT EVERY writes while a window is not empty, and no feature has one
--     EMIT EVERY 5 MINUTES;
--     ^^^^^^^^^^^^^^^^^^^^
--     hint: select an aggregate OVER a window
