CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS n, cuont(*) OVER (LAST 9 ROWS) AS m FROM transactions;
CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS k FROM transactions;
CREATE FEATURE SERVICE x AS SELECT v.n, w.k FROM v JOIN w USING (card_id);
CREATE FEATURE SERVICE y AS SELECT w.k, v.n FROM w JOIN v USING (card_id);
CREATE MODEL z PREDICT ok FROM x LABELS transactions ON (card_id) WITHIN 1 DAY WITH ('provider' = 'lightgbm');
CREATE SINK s FROM y WITH ('connector' = 'files', 'path' = 'y');
CREATE SOURCE q (id BIGINT, n BIGNT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push');
CREATE FEATURE VIEW u ENTITY id AS SELECT count(*) OVER (GLOBAL) AS k FROM q;
CREATE FEATURE VIEW up ENTITY id AS SELECT max(k) OVER (GLOBAL) AS m FROM u;
CREATE FEATURE SERVICE t AS SELECT up.m FROM up;
-- expected:
-- error_view_of_service.sql:1:82: unknown aggregate cuont
--     CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS n, cuont(*) OVER (LAST 9 ROWS) AS m FROM transactions;
--                                                                                      ^^^^^
--     hint: did you mean count?
--
-- error_view_of_service.sql:7:31: unknown type BIGNT
--     CREATE SOURCE q (id BIGINT, n BIGNT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' = 'push');
--                                   ^^^^^
--     hint: did you mean BIGINT?
