CREATE FEATURE VIEW v ENTITY card AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_entity_unknown.sql:1:30: ENTITY names an unknown column card of transactions
--     CREATE FEATURE VIEW v ENTITY card AS
--                                  ^^^^
--     hint: did you mean card_id?
