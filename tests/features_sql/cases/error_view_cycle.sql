CREATE FEATURE VIEW a ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM c;
CREATE FEATURE VIEW b ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM a;
CREATE FEATURE VIEW c ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM b;
CREATE FEATURE VIEW d ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM c;
CREATE FEATURE SERVICE s AS SELECT d.n FROM d;
-- expected:
-- error_view_cycle.sql:3:6: views form a cycle: a -> c -> b -> a
--     FROM c;
--          ^
--     hint: a view reads what is written before it
