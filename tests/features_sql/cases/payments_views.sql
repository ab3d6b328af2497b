CREATE FEATURE VIEW card_velocity ENTITY card_id WITH ('owner' = 'risk', 'tags' = 'tier:gold') AS
SELECT
  txn_id, merchant_id, amount,
  m.risk                                        AS merchant_risk,
  count(*)              OVER w5m                AS txns_5m,          -- payments in the last five minutes
  avg(amount)           OVER w1h                AS avg_amount_1h,
  rate(*, '1 minute') FILTER (WHERE NOT ok) OVER w5m AS failures_per_minute,
  last_n(merchant_id, 10) OVER visit            AS last_merchants,
  sum(amount) OVER w5m / nullif(count(*) OVER w5m, 0) AS share,
  since_last()          OVER life               AS seconds_since_last
FROM transactions t ASOF LEFT JOIN merchants m ON t.merchant_id = m.merchant_id AND t.ts >= m.valid_from
WHERE amount > 0
WINDOW w5m AS (SLIDING SIZE 5 MINUTES), w1h AS (SLIDING SIZE 1 HOUR EXCLUDE CURRENT GROUP),
       visit AS (SESSION GAP 30 MINUTES), life AS (GLOBAL)
EMIT ON EVENT;

CREATE FEATURE VIEW merchant_hourly ENTITY merchant_id WITH ('valid.for' = '1 day') AS
SELECT count(*) FILTER (WHERE NOT ok) OVER h AS declines FROM transactions WINDOW h AS (TUMBLING SIZE 1 HOUR) EMIT ON WINDOW CLOSE;

CREATE FEATURE SERVICE fraud_v1 AS
SELECT c.*, h.declines AS merchant_declines FROM card_velocity c JOIN merchant_hourly h USING (merchant_id);
