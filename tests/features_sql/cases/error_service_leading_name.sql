CREATE FEATURE SERVICE s AS
SELECT c.amount AS card_id
FROM card_velocity c;
