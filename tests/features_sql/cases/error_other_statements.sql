SELECT count(*) FROM transactions;
INSERT INTO transactions VALUES (1);
CREATE MATERIALIZED VIEW v AS SELECT 1;
CREATE FEATURE VIEW w ENTITY lower(card_id) AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
-- expected:
-- error_other_statements.sql:1:1: a statement must start with CREATE; got SELECT
--     SELECT count(*) FROM transactions;
--     ^^^^^^
--     hint: CREATE FEATURE VIEW name ENTITY column AS SELECT ...
--
-- error_other_statements.sql:2:1: a statement must start with CREATE; got INSERT
--     INSERT INTO transactions VALUES (1);
--     ^^^^^^
--     hint: events come from sources; rows of a test are given in tests/*.sql
--
-- error_other_statements.sql:3:8: expected SOURCE, TABLE, FEATURE VIEW, FEATURE SERVICE, MODEL, STREAM or SINK; got MATERIALIZED
--     CREATE MATERIALIZED VIEW v AS SELECT 1;
--            ^^^^^^^^^^^^
--     hint: CREATE FEATURE VIEW
--
-- error_other_statements.sql:4:35: expected AS; got (
--     CREATE FEATURE VIEW w ENTITY lower(card_id) AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
--                                       ^
--     hint: an entity is the name of a column; compute one in the source
