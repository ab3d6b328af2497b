CREATE FEATURE SERVICE s AS
SELECT c.txns_5
FROM card_velocity c;
