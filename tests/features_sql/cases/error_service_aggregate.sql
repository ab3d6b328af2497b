CREATE FEATURE SERVICE s AS
SELECT sum(c.amount) OVER w AS n
FROM card_velocity c;
-- expected:
-- error_service_aggregate.sql:2:8: aggregates and windows are not part of a feature service
--     SELECT sum(c.amount) OVER w AS n
--            ^^^^^^^^^^^^^^^^^^^^
--     hint: compute it in a feature view and join that
