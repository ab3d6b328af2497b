CREATE VIEW v AS SELECT 1;
-- expected:
-- error_create_view.sql:1:8: expected SOURCE, TABLE, FEATURE VIEW, FEATURE SERVICE, MODEL, STREAM or SINK; got VIEW
--     CREATE VIEW v AS SELECT 1;
--            ^^^^
--     hint: CREATE FEATURE VIEW
