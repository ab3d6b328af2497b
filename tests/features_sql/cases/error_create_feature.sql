CREATE FEATURE TABLE v AS SELECT 1;
-- expected:
-- error_create_feature.sql:1:16: expected VIEW or SERVICE; got TABLE
--     CREATE FEATURE TABLE v AS SELECT 1;
--                    ^^^^^
