CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n sum(amount) OVER (GLOBAL) AS s FROM transactions;
CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n, FROM transactions;
CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) OVER (GLOBAL) FILTER (WHERE ok) AS n FROM transactions;
-- expected:
-- error_commas.sql:1:71: AS is not expected here
--     CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n sum(amount) OVER (GLOBAL) AS s FROM transactions;
--                                                                           ^^
--     hint: a comma stands between two columns
--
-- error_commas.sql:2:77: expected an expression; got FROM
--     CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n, FROM transactions;
--                                                                                 ^^^^
--     hint: the comma before it is one too many
--
-- error_commas.sql:3:71: FILTER is not expected here
--     CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) OVER (GLOBAL) FILTER (WHERE ok) AS n FROM transactions;
--                                                                           ^^^^^^
--     hint: FILTER stands before OVER: count(*) FILTER (WHERE ...) OVER w
