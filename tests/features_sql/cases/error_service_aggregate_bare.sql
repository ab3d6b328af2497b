CREATE FEATURE SERVICE s AS
SELECT sum(c.amount) AS n
FROM card_velocity c;
