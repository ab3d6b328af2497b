CREATE FEATURE SERVICE s AS
SELECT sum(c.amount) AS n
FROM card_velocity c;
-- expected:
-- error_service_aggregate_bare.sql:2:8: sum is an aggregate: it is not part of a feature service
--     SELECT sum(c.amount) AS n
--            ^^^
--     hint: compute it in a feature view and join that
