CREATE SOURCE s () WITH ('connector' = 'files', 'path' = 'x.csv');
-- expected:
-- error_no_columns.sql:1:15: source s has no columns
--     CREATE SOURCE s () WITH ('connector' = 'files', 'path' = 'x.csv');
--                   ^
