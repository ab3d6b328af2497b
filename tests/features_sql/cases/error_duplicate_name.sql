CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
CREATE TABLE V (id BIGINT) WITH ('connector' = 'files', 'path' = 't.csv');
-- expected:
-- error_duplicate_name.sql:5:14: V is declared twice
--     CREATE TABLE V (id BIGINT) WITH ('connector' = 'files', 'path' = 't.csv');
--                  ^
--     hint: the first is at error_duplicate_name.sql:1
