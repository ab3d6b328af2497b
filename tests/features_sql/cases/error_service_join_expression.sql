CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c JOIN merchant_hourly h ON lower(c.merchant_id) = h.merchant_id;
-- expected:
-- error_service_join_expression.sql:3:48: a service's join is made of equalities of columns joined by AND
--     FROM card_velocity c JOIN merchant_hourly h ON lower(c.merchant_id) = h.merchant_id;
--                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: ON c.key = h.merchant_id; an expression becomes a column of card_velocity first
