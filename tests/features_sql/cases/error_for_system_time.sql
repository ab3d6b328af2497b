CREATE FEATURE VIEW v ENTITY card_id AS SELECT m.risk AS risk
FROM transactions t JOIN merchants FOR SYSTEM_TIME AS OF t.ts AS m ON t.merchant_id = m.merchant_id;
CREATE FEATURE VIEW w ENTITY card_id AS SELECT m.risk AS risk
FROM transactions t LEFT JOIN merchants FOR SYSTEM_TIME AS OF t.amount AS m ON t.merchant_id = m.merchant_id;
CREATE FEATURE VIEW x ENTITY card_id AS SELECT m.risk AS risk
FROM transactions t LEFT JOIN merchants FOR SYSTEM_TIME t.ts AS m ON t.merchant_id = m.merchant_id;
CREATE FEATURE VIEW y ENTITY card_id AS SELECT m.risk AS risk
FROM transactions t LEFT JOIN merchants FOR SYSTEM_TIME AS OF t.ts AS m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from;
CREATE FEATURE VIEW z ENTITY card_id AS SELECT count(*) OVER (GLOBAL) AS n FROM transactions;
CREATE FEATURE SERVICE r AS SELECT z.n FROM z JOIN merchant_hourly FOR SYSTEM_TIME AS OF z.ts AS h ON z.n = h.merchant_id;
-- expected:
-- error_for_system_time.sql:2:21: FOR SYSTEM_TIME AS OF takes LEFT JOIN; got JOIN
--     FROM transactions t JOIN merchants FOR SYSTEM_TIME AS OF t.ts AS m ON t.merchant_id = m.merchant_id;
--                         ^^^^
--     hint: LEFT JOIN table FOR SYSTEM_TIME AS OF t.ts AS m ON t.key = m.key
--
-- error_for_system_time.sql:4:63: FOR SYSTEM_TIME AS OF takes a TIMESTAMP; t.amount is DECIMAL(12,2)
--     FROM transactions t LEFT JOIN merchants FOR SYSTEM_TIME AS OF t.amount AS m ON t.merchant_id = m.merchant_id;
--                                                                   ^^^^^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
--
-- error_for_system_time.sql:6:57: expected AS OF; got t
--     FROM transactions t LEFT JOIN merchants FOR SYSTEM_TIME t.ts AS m ON t.merchant_id = m.merchant_id;
--                                                             ^
--     hint: LEFT JOIN table FOR SYSTEM_TIME AS OF t.ts AS m ON t.key = m.key
--
-- error_for_system_time.sql:8:110: an ASOF join has one comparison of times
--     FROM transactions t LEFT JOIN merchants FOR SYSTEM_TIME AS OF t.ts AS m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from;
--                                                                                                                  ^^^^^^^^^^^^^^^^^^^^
--     hint: ASOF LEFT JOIN table m ON t.key = m.key AND t.ts >= m.valid_from
--
-- error_for_system_time.sql:10:68: a service reads each view at the instant of its row; FOR SYSTEM_TIME is a view's
--     CREATE FEATURE SERVICE r AS SELECT z.n FROM z JOIN merchant_hourly FOR SYSTEM_TIME AS OF z.ts AS h ON z.n = h.merchant_id;
--                                                                        ^^^^^^^^^^^^^^^
--     hint: JOIN view v USING (key), or ON c.key = v.key
