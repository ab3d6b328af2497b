CREATE FEATURE VIEW by_merchant ENTITY merchant_id AS
SELECT count(*) OVER (LAST 5 ROWS EXCLUDE CURRENT ROW) AS n FROM transactions;
CREATE FEATURE SERVICE s AS
SELECT c.*, b.n
FROM card_velocity c JOIN by_merchant b USING (merchant_id);
