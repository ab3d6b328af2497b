CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER w AS n
FROM transactions
WHERE sum(amount) OVER w > 10
WINDOW w AS (SLIDING SIZE 5 MINUTES);
-- expected:
-- error_over_in_where.sql:4:7: aggregates cannot stand here
--     WHERE sum(amount) OVER w > 10
--           ^^^^^^^^^^^^^^^^^^
--     hint: this is computed for each event by itself
