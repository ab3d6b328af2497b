CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) FILTER (WHERE merchant_id = ‘m1’) OVER (GLOBAL) AS n FROM transactions;
CREATE FEATURE VIEW w ENTITY card_id AS SELECT sum(`amount`) OVER (GLOBAL) AS s FROM transactions;
CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) FILTER (WHERE merchant_id = "m1") OVER (GLOBAL) AS n FROM transactions;
-- expected:
-- error_other_quotes.sql:1:85: ‘ quotes nothing here
--     CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) FILTER (WHERE merchant_id = ‘m1’) OVER (GLOBAL) AS n FROM transactions;
--                                                                                         ^
--     hint: text is quoted 'so', a name "so"
--
-- error_other_quotes.sql:2:52: ` quotes nothing here
--     CREATE FEATURE VIEW w ENTITY card_id AS SELECT sum(`amount`) OVER (GLOBAL) AS s FROM transactions;
--                                                        ^
--     hint: text is quoted 'so', a name "so"
--
-- error_other_quotes.sql:3:85: unknown column m1
--     CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) FILTER (WHERE merchant_id = "m1") OVER (GLOBAL) AS n FROM transactions;
--                                                                                         ^^^^
--     hint: text is quoted 'm1', a name "m1"
