CREATE FEATURE VIEW v ENTITY card_id AS
SELECT
  sum(amuont) OVER w AS s,
  cuont(*) OVER w AS n,
  count(*) FILTER (WHERE amount) OVER w / txn AS share,
  avg(amuont) OVER nowhere AS mean,
  max(amount) OVER w AS most
FROM transactions
WINDOW w AS (SLIDING SIZE 1 HOUR ADVANCE BY 5 MINUTES);
-- expected:
-- error_window_and_more.sql:3:7: unknown column amuont
--       sum(amuont) OVER w AS s,
--           ^^^^^^
--     hint: did you mean amount?
--
-- error_window_and_more.sql:4:3: unknown aggregate cuont
--       cuont(*) OVER w AS n,
--       ^^^^^
--     hint: did you mean count?
--
-- error_window_and_more.sql:5:43: unknown column txn
--       count(*) FILTER (WHERE amount) OVER w / txn AS share,
--                                               ^^^
--     hint: did you mean txn_id?
--
-- error_window_and_more.sql:6:7: unknown column amuont
--       avg(amuont) OVER nowhere AS mean,
--           ^^^^^^
--     hint: did you mean amount?
--
-- error_window_and_more.sql:6:20: unknown window nowhere
--       avg(amuont) OVER nowhere AS mean,
--                        ^^^^^^^
--     hint: declare it: WINDOW w AS (...)
--
-- error_window_and_more.sql:9:34: a sliding window moves with every event
--     WINDOW w AS (SLIDING SIZE 1 HOUR ADVANCE BY 5 MINUTES);
--                                      ^^^^^^^^^^
--     hint: a window that advances in steps is HOPPING
