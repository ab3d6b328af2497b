CREATE TABLE t (id BIGINT) /* not closed
 WITH ('connector' = 'files', 'path' = 't.csv');
-- expected:
-- error_comment_open.sql:1:28: this comment is never closed
--     CREATE TABLE t (id BIGINT) /* not closed
--                                ^^
