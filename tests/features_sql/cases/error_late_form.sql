CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS DORP
  WITH ('connector' = 'files', 'path' = 's.csv');
-- expected:
-- error_late_form.sql:1:77: expected TO name, DROP or ACCEPT WITHIN 1 HOUR; got DORP
--     CREATE SOURCE s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) LATE ROWS DORP
--                                                                                 ^^^^
--     hint: did you mean DROP?
