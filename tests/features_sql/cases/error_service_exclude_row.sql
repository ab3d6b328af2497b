CREATE FEATURE VIEW by_merchant ENTITY merchant_id AS
SELECT count(*) OVER (LAST 5 ROWS EXCLUDE CURRENT ROW) AS n FROM transactions;
CREATE FEATURE SERVICE s AS
SELECT c.*, b.n
FROM card_velocity c JOIN by_merchant b USING (merchant_id);
-- expected:
-- error_service_exclude_row.sql:5:27: by_merchant has EXCLUDE CURRENT ROW: a view that is joined has no row of its own
--     FROM card_velocity c JOIN by_merchant b USING (merchant_id);
--                               ^^^^^^^^^^^
--     hint: use EXCLUDE CURRENT GROUP, or let that view drive the service
