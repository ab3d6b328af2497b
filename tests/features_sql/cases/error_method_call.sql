CREATE FEATURE VIEW v ENTITY card_id AS
SELECT card_id.upper() AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
-- expected:
-- error_method_call.sql:2:8: functions are called by their name alone
--     SELECT card_id.upper() AS n
--            ^^^^^^^^^^^^^^^
--     hint: write f(x) for x.f()
