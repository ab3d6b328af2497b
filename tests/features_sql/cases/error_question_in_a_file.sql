SHOW SOURCES;
DESCRIBE transactions;
EXPLAIN SELECT 1;
SHWO SOURCES;
-- expected:
-- error_question_in_a_file.sql:1:1: SHOW asks, it defines nothing
--     SHOW SOURCES;
--     ^^^^
--     hint: ask on the command line: headrace sql "SHOW SOURCES"
--
-- error_question_in_a_file.sql:2:1: DESCRIBE asks, it defines nothing
--     DESCRIBE transactions;
--     ^^^^^^^^
--     hint: ask on the command line: headrace sql "SHOW SOURCES"
--
-- error_question_in_a_file.sql:3:1: EXPLAIN asks, it defines nothing
--     EXPLAIN SELECT 1;
--     ^^^^^^^
--     hint: ask on the command line: headrace sql "SHOW SOURCES"
--
-- error_question_in_a_file.sql:4:1: a statement must start with CREATE; got SHWO
--     SHWO SOURCES;
--     ^^^^
--     hint: did you mean SHOW?
