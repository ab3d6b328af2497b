CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER h AS as_of
FROM transactions
WINDOW h AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE;
-- expected:
-- error_as_of_on_close.sql:2:27: as_of is the name of a column that leads every row
--     SELECT count(*) OVER h AS as_of
--                               ^^^^^
--     hint: choose another name: AS ...
