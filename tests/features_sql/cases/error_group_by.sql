CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
GROUP BY card_id
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_group_by.sql:4:1: GROUP BY is not part of a feature view
--     GROUP BY card_id
--     ^^^^^^^^
--     hint: a view's rows are grouped by its ENTITY; use aggregates with OVER
