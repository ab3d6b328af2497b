CRAETE SOURCE s (id BIGINT);
-- expected:
-- error_statement_word.sql:1:1: a statement must start with CREATE; got CRAETE
--     CRAETE SOURCE s (id BIGINT);
--     ^^^^^^
--     hint: did you mean CREATE?
