CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions t ASOF LEFT JOIN transactions u ON t.card_id = u.card_id AND t.ts >= u.ts
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_join_is_source.sql:3:36: transactions is a source: ASOF LEFT JOIN takes a table
--     FROM transactions t ASOF LEFT JOIN transactions u ON t.card_id = u.card_id AND t.ts >= u.ts
--                                        ^^^^^^^^^^^^
--     hint: CREATE TABLE declares one
