CREATE FEATURE VIEW v ENTITY card_id AS SELECT sum(CASE WHEN ok THEN 1 ELSE 0) OVER (GLOBAL) AS n FROM transactions;
-- expected:
-- error_case_no_end.sql:1:77: this expression ends too early
--     CREATE FEATURE VIEW v ENTITY card_id AS SELECT sum(CASE WHEN ok THEN 1 ELSE 0) OVER (GLOBAL) AS n FROM transactions;
--                                                                                 ^
--     hint: CASE WHEN condition THEN value ELSE value END
