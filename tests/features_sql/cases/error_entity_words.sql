CREATE FEATURE VIEW v WITH ('owner' = 'me') ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
CREATE FEATURE VIEW w ENTITY card_id, merchant_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
CREATE FEATURE VIEW IF NOT EXISTS x ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
-- expected:
-- error_entity_words.sql:1:23: expected ENTITY; got WITH
--     CREATE FEATURE VIEW v WITH ('owner' = 'me') ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
--                           ^^^^
--     hint: ENTITY stands before WITH
--
-- error_entity_words.sql:2:37: several columns of an entity stand in brackets
--     CREATE FEATURE VIEW w ENTITY card_id, merchant_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
--                                         ^
--     hint: ENTITY (card_id, merchant_id)
--
-- error_entity_words.sql:3:21: IF NOT EXISTS is not part of CREATE
--     CREATE FEATURE VIEW IF NOT EXISTS x ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
--                         ^^^^^^^^^^^^^
--     hint: CREATE OR REPLACE takes the place of what stands before
