CREATE SOURCE s () WITH ('connector' = 'files', 'path' = 'x.csv');
