CREATE FEATURE VIEW v ENTITY card_id AS SELECT count_distinct(merchant_id) OVER (LAST 9 ROWS) AS n FROM transactions;
CREATE FEATURE VIEW w ENTITY card_id AS SELECT percentile(amount, 0.9) OVER (LAST 9 ROWS) AS p FROM transactions;
CREATE FEATURE VIEW x ENTITY card_id AS SELECT sum(iff(ok, 1, 0)) OVER (LAST 9 ROWS) AS n FROM transactions;
-- expected:
-- error_other_databases.sql:1:48: unknown aggregate count_distinct
--     CREATE FEATURE VIEW v ENTITY card_id AS SELECT count_distinct(merchant_id) OVER (LAST 9 ROWS) AS n FROM transactions;
--                                                    ^^^^^^^^^^^^^^
--     hint: count(DISTINCT x)
--
-- error_other_databases.sql:2:48: unknown aggregate percentile
--     CREATE FEATURE VIEW w ENTITY card_id AS SELECT percentile(amount, 0.9) OVER (LAST 9 ROWS) AS p FROM transactions;
--                                                    ^^^^^^^^^^
--     hint: quantile_cont(x, 0.9)
--
-- error_other_databases.sql:3:52: unknown function iff
--     CREATE FEATURE VIEW x ENTITY card_id AS SELECT sum(iff(ok, 1, 0)) OVER (LAST 9 ROWS) AS n FROM transactions;
--                                                        ^^^
--     hint: if(condition, a, b)
