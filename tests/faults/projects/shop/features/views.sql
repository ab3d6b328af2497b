CREATE FEATURE VIEW card_payments ENTITY card AS
SELECT
  pay_id, shop, amount, s.risk,
  CAST(code AS INTEGER)                  AS code_number,
  count(*)            OVER recent        AS payments_10m,
  sum(amount)         OVER recent        AS amount_10m,
  stddev(amount)      OVER life          AS spread,
  max(amount)         OVER recent        AS most_10m,
  last_n(amount, 3)   OVER life          AS last_amounts,
  since_last()        OVER life          AS seconds_since
FROM payments p ASOF LEFT JOIN shops s ON p.shop = s.shop AND p.ts >= s.known_at
WINDOW recent AS (SLIDING SIZE 10 MINUTES), life AS (GLOBAL)
EMIT ON EVENT;

CREATE FEATURE VIEW shop_payments ENTITY shop AS
SELECT mad(amount) OVER w AS spread_20m, count(DISTINCT card) OVER w AS cards_20m
FROM payments
WINDOW w AS (SLIDING SIZE 20 MINUTES)
EMIT ON EVENT;

CREATE FEATURE VIEW shop_quarters ENTITY shop WITH ('valid.for' = '1 hour') AS
SELECT sum(amount) OVER q AS total, avg(amount) OVER q AS mean FROM payments
WINDOW q AS (TUMBLING SIZE 15 MINUTES)
EMIT ON WINDOW CLOSE;

CREATE FEATURE VIEW card_visits ENTITY card AS
SELECT sum(seconds) OVER recent AS seconds_30m, count(*) OVER recent AS visits_30m
FROM visits
WINDOW recent AS (SLIDING SIZE 30 MINUTES)
EMIT ON EVENT;

CREATE FEATURE VIEW page_visits ENTITY page AS
SELECT avg(seconds) OVER life AS mean_seconds FROM visits WINDOW life AS (GLOBAL) EMIT ON EVENT;

CREATE FEATURE VIEW card_sessions ENTITY card AS
SELECT sum(seconds) OVER s AS seconds, count(*) OVER s AS pages FROM visits
WINDOW s AS (SESSION GAP 4 MINUTES)
EMIT ON WINDOW CLOSE;
