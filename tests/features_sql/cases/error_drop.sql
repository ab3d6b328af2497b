CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS n FROM transactions;
DROP SOURCE v;
DROP FEATURE VIEW w;
DROP v;
DROP VIEW v CASCADE;
DROP VIEW v;
DROP VIEW v;
-- expected:
-- error_drop.sql:2:13: v is a view
--     DROP SOURCE v;
--                 ^
--     hint: DROP VIEW v
--
-- error_drop.sql:3:19: there is no view w to drop
--     DROP FEATURE VIEW w;
--                       ^
--     hint: DROP takes out what stands before it; IF EXISTS lets it be
--
-- error_drop.sql:4:6: expected SOURCE, TABLE, VIEW, SERVICE, MODEL, STREAM or SINK; got v
--     DROP v;
--          ^
--
-- error_drop.sql:5:13: expected the end of the statement; got CASCADE
--     DROP VIEW v CASCADE;
--                 ^^^^^^^
--
-- error_drop.sql:7:11: there is no view v to drop
--     DROP VIEW v;
--               ^
--     hint: DROP takes out what stands before it; IF EXISTS lets it be
