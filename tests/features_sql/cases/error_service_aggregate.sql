CREATE FEATURE SERVICE s AS
SELECT sum(c.amount) OVER w AS n
FROM card_velocity c;
