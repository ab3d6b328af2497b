CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WINDOW w AS (TUMBLING SIZE 1 HOUR OFFSET 5 MINUTES OFFSET 6 MINUTES);
-- expected:
-- error_offset_twice.sql:4:52: OFFSET is given twice
--     WINDOW w AS (TUMBLING SIZE 1 HOUR OFFSET 5 MINUTES OFFSET 6 MINUTES);
--                                                        ^^^^^^
