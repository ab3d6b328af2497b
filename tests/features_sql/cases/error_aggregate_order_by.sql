CREATE FEATURE VIEW v ENTITY card_id AS
SELECT string_agg(merchant_id, ',' ORDER BY amount DESC) OVER (LAST 9 ROWS) AS m
FROM transactions;
-- expected:
-- error_aggregate_order_by.sql:2:36: an aggregate follows the total order of the events: ORDER BY cannot stand inside it
--     SELECT string_agg(merchant_id, ',' ORDER BY amount DESC) OVER (LAST 9 ROWS) AS m
--                                        ^^^^^^^^
--     hint: sort what it gives, list_sort(list(x) OVER w), or take the value at an extreme, arg_max(y, x) OVER w
