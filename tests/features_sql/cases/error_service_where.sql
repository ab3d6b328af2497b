CREATE FEATURE SERVICE s AS
SELECT c.*
FROM card_velocity c WHERE c.amount > 0;
