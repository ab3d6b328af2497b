CREATE FEATURE VIEW a ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM a;
-- expected:
-- error_view_of_itself.sql:3:6: views form a cycle: a -> a
--     FROM a;
--          ^
--     hint: a view reads what is written before it
