CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(t.amuont) OVER w AS n
FROM transactions t
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_unknown_qualified_column.sql:2:12: transactions has no column amuont
--     SELECT sum(t.amuont) OVER w AS n
--                ^^^^^^^^
--     hint: did you mean amount?
