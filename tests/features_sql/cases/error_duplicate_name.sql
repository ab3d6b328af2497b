CREATE FEATURE VIEW v ENTITY card_id AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
CREATE TABLE V (id BIGINT) WITH ('connector' = 'files', 'path' = 't.csv');
