CREATE FEATURE VIEW pair ENTITY (card_id, merchant_id) AS
SELECT count(*) OVER (LAST 5 ROWS) AS n FROM transactions;
CREATE FEATURE SERVICE s AS
SELECT c.*, p.n
FROM card_velocity c JOIN pair p USING (card_id);
-- expected:
-- error_service_part_of_entity.sql:5:41: the join must name the whole entity of pair: merchant_id is missing
--     FROM card_velocity c JOIN pair p USING (card_id);
--                                             ^^^^^^^
