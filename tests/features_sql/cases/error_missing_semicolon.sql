CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions
CREATE FEATURE VIEW w ENTITY card_id AS SELECT max(n) OVER (GLOBAL) AS m FROM v;
-- expected:
-- error_missing_semicolon.sql:2:1: the statement above has not ended
--     CREATE FEATURE VIEW w ENTITY card_id AS SELECT max(n) OVER (GLOBAL) AS m FROM v;
--     ^^^^^^
--     hint: a ; ends each statement
