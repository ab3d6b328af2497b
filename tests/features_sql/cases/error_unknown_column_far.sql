CREATE FEATURE VIEW v ENTITY card_id AS
SELECT sum(xyzzy) OVER w AS total
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_unknown_column_far.sql:2:12: unknown column xyzzy
--     SELECT sum(xyzzy) OVER w AS total
--                ^^^^^
--     hint: one of txn_id, card_id, merchant_id, amount, ok, at, ts
