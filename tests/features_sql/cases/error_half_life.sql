CREATE FEATURE VIEW v ENTITY card_id AS
SELECT ewma(amount, 60) OVER w AS a, decayed_count('0 s') OVER w AS b, ewma(amount, '40000 days') OVER w AS g, decayed_sum(amount, '1 fortnight') OVER w AS c,
  decayed_count(*, '1 hour') OVER w AS d, decayed_sum('1 hour') OVER w AS e, ewma(merchant_id, '1 hour') OVER w AS f
FROM transactions
WINDOW w AS (GLOBAL);
-- expected:
-- error_half_life.sql:2:21: the half-life of ewma must be a quoted length of time
--     SELECT ewma(amount, 60) OVER w AS a, decayed_count('0 s') OVER w AS b, ewma(amount, '40000 days') OVER w AS g, decayed_sum(amount, '1 fortnight') OVER w AS c,
--                         ^^
--     hint: ewma(x, '1 hour') OVER w
--
-- error_half_life.sql:2:52: the half-life of decayed_count must be longer than nothing
--     SELECT ewma(amount, 60) OVER w AS a, decayed_count('0 s') OVER w AS b, ewma(amount, '40000 days') OVER w AS g, decayed_sum(amount, '1 fortnight') OVER w AS c,
--                                                        ^^^^^
--
-- error_half_life.sql:2:85: the half-life of ewma must be at most 36525 days
--     SELECT ewma(amount, 60) OVER w AS a, decayed_count('0 s') OVER w AS b, ewma(amount, '40000 days') OVER w AS g, decayed_sum(amount, '1 fortnight') OVER w AS c,
--                                                                                         ^^^^^^^^^^^^
--
-- error_half_life.sql:2:132: unknown unit of time fortnight
--     SELECT ewma(amount, 60) OVER w AS a, decayed_count('0 s') OVER w AS b, ewma(amount, '40000 days') OVER w AS g, decayed_sum(amount, '1 fortnight') OVER w AS c,
--                                                                                                                                        ^^^^^^^^^^^^^
--     hint: one of days, hours, minutes, ms, s, seconds
--
-- error_half_life.sql:3:17: * may stand only in count(*) and rate(*, ...)
--       decayed_count(*, '1 hour') OVER w AS d, decayed_sum('1 hour') OVER w AS e, ewma(merchant_id, '1 hour') OVER w AS f
--                     ^
--     hint: name the column
--
-- error_half_life.sql:3:43: decayed_sum cannot take 1 argument
--       decayed_count(*, '1 hour') OVER w AS d, decayed_sum('1 hour') OVER w AS e, ewma(merchant_id, '1 hour') OVER w AS f
--                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: decayed_sum(x, '1 hour') OVER w
--
-- error_half_life.sql:3:78: there is no ewma(VARCHAR)
--       decayed_count(*, '1 hour') OVER w AS d, decayed_sum('1 hour') OVER w AS e, ewma(merchant_id, '1 hour') OVER w AS f
--                                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
--     hint: CAST(x AS DOUBLE) makes a number of text
