CREATE FEATURE VIEW v ENTITY card_id AS
SELECT max(ts) OVER w - min(ts) OVER w AS span, epoch(max(ts) OVER w - min(ts) OVER w) AS seconds
FROM transactions
WINDOW w AS (LAST 9 ROWS);
CREATE FEATURE VIEW x ENTITY card_id AS SELECT max(ts) OVER (LAST 9 ROWS) AS newest, min(ts) OVER (LAST 9 ROWS) AS oldest FROM transactions;
CREATE FEATURE SERVICE y AS SELECT x.newest - x.oldest AS span FROM x;
-- expected:
-- error_interval.sql:2:8: a written row holds no INTERVAL
--     SELECT max(ts) OVER w - min(ts) OVER w AS span, epoch(max(ts) OVER w - min(ts) OVER w) AS seconds
--            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: epoch(x) gives its seconds
--
-- error_interval.sql:6:36: a written row holds no INTERVAL
--     CREATE FEATURE SERVICE y AS SELECT x.newest - x.oldest AS span FROM x;
--                                        ^^^^^^^^^^^^^^^^^^^
--     hint: epoch(x) gives its seconds
