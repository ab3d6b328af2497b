CREATE FEATURE VIEW pair ENTITY (card_id, merchant_id) AS
SELECT count(*) OVER (LAST 5 ROWS) AS n FROM transactions;
CREATE FEATURE SERVICE s AS
SELECT c.*, p.n
FROM card_velocity c JOIN pair p USING (card_id);
