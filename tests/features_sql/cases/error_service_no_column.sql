CREATE FEATURE SERVICE s AS
SELECT c.card_id, c.ts
FROM card_velocity c;
