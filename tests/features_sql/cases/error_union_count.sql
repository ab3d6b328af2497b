CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, merchant_id, ts FROM transactions) u;
-- expected:
-- error_union_count.sql:3:54: the branches of a UNION ALL select as many columns; got 2, then 3
--     FROM (SELECT card_id, ts FROM transactions UNION ALL SELECT card_id, merchant_id, ts FROM transactions) u;
--                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: they are matched by position
