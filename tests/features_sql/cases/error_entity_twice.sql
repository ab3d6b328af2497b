CREATE FEATURE VIEW v ENTITY (card_id, CARD_ID) AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_entity_twice.sql:1:40: ENTITY names card_id twice
--     CREATE FEATURE VIEW v ENTITY (card_id, CARD_ID) AS
--                                            ^^^^^^^
