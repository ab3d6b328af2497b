CREATE FEATURE VIEW v ENTITY card_id AS
SELECT count(*) OVER (GLOBAL) AS n
FROM (SELECT card_id, ts FROM transactions
      UNION ALL SELECT card_id, ts + INTERVAL 1 SECOND FROM transactions) u;
-- expected:
-- error_union_time_missing.sql:4:17: this branch of UNION ALL does not select its event time ts
--           UNION ALL SELECT card_id, ts + INTERVAL 1 SECOND FROM transactions) u;
--                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: add ts to what it selects
