CREATE FEATURE VIEW v AS
SELECT amount
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_entity_missing.sql:1:23: expected ENTITY; got AS
--     CREATE FEATURE VIEW v AS
--                           ^^
--     hint: CREATE FEATURE VIEW v ENTITY card_id AS SELECT ...
