# how many
CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
// how much
CREATE FEATURE VIEW w ENTITY card_id AS SELECT sum(amount) OVER (GLOBAL) AS s FROM transactions;
-- expected:
-- error_other_comments.sql:1:1: a statement must start with CREATE; got #
--     # how many
--     ^
--     hint: a comment begins with --
--
-- error_other_comments.sql:3:1: a statement must start with CREATE; got //
--     // how much
--     ^^
--     hint: a comment begins with --
