CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) FILTER (WHERE ok, amount > 1) OVER (LAST 9 ROWS) AS n FROM transactions;
CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) FILTER (WHERE merchant_id IN 'a', 'b') OVER (LAST 9 ROWS) AS n FROM transactions;
CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) FILTER (WHERE ok && amount > 1) OVER (LAST 9 ROWS) AS n FROM transactions;
-- expected:
-- error_conditions_comma.sql:1:73: expected one expression; got ,
--     CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) FILTER (WHERE ok, amount > 1) OVER (LAST 9 ROWS) AS n FROM transactions;
--                                                                             ^
--     hint: conditions are joined with AND
--
-- error_conditions_comma.sql:2:89: expected one expression; got ,
--     CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) FILTER (WHERE merchant_id IN 'a', 'b') OVER (LAST 9 ROWS) AS n FROM transactions;
--                                                                                             ^
--     hint: conditions are joined with AND
--
-- error_conditions_comma.sql:3:71: there is no BOOLEAN && DECIMAL(12,2)
--     CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) FILTER (WHERE ok && amount > 1) OVER (LAST 9 ROWS) AS n FROM transactions;
--                                                                           ^^^^^^^^^^^^^^^^
--     hint: conditions are joined with AND
