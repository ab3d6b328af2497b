CREATE FEATURE SERVICE s AS
SELECT c.amount * 2
FROM card_velocity c;
