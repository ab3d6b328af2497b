CREATE OR FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS n FROM transactions;
CREATE OR REPLACE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS n FROM transactions;
CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (LAST 5 ROWS) AS n FROM transactions;
-- expected:
-- error_or_replace.sql:1:11: expected REPLACE; got FEATURE
--     CREATE OR FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS n FROM transactions;
--               ^^^^^^^
--     hint: CREATE OR REPLACE
--
-- error_or_replace.sql:3:21: w is declared twice
--     CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (LAST 5 ROWS) AS n FROM transactions;
--                         ^
--     hint: the first is at error_or_replace.sql:2
