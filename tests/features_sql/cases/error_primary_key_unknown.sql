CREATE SOURCE s (
  id BIGINT,
  ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS,
  PRIMARY KEY (idd) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'x/*.csv');
-- expected:
-- error_primary_key_unknown.sql:5:16: PRIMARY KEY names an unknown column idd
--       PRIMARY KEY (idd) NOT ENFORCED
--                    ^^^
--     hint: did you mean id?
