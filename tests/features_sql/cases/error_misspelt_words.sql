CREATE FEATURE VIEW v ENTITY card_id AS SELCT count(*) OVER (GLOBAL) AS n FROM transactions;
CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FORM transactions;
CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) OVR (GLOBAL) AS n FROM transactions;
CREATE FEATURE VIEW y ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions EMIT ON EVENTS;
-- expected:
-- error_misspelt_words.sql:1:41: expected SELECT; got SELCT
--     CREATE FEATURE VIEW v ENTITY card_id AS SELCT count(*) OVER (GLOBAL) AS n FROM transactions;
--                                             ^^^^^
--     hint: did you mean SELECT?
--
-- error_misspelt_words.sql:2:76: expected FROM; got FORM
--     CREATE FEATURE VIEW w ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FORM transactions;
--                                                                                ^^^^
--     hint: did you mean FROM?
--
-- error_misspelt_words.sql:3:57: OVR is not expected here
--     CREATE FEATURE VIEW x ENTITY card_id AS SELECT count(*) OVR (GLOBAL) AS n FROM transactions;
--                                                             ^^^
--     hint: did you mean OVER?
--
-- error_misspelt_words.sql:4:102: expected EVENT, WINDOW CLOSE or DEMAND; got EVENTS
--     CREATE FEATURE VIEW y ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions EMIT ON EVENTS;
--                                                                                                          ^^^^^^
--     hint: did you mean EVENT?
