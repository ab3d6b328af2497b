-- What a card is doing: this payment, the ones just before it, and how it pays as a rule. It drives the service.
CREATE FEATURE VIEW card_payments ENTITY card_id WITH ('owner' = 'risk', 'tags' = 'card,velocity') AS
SELECT
  payment_id,
  shop_id,
  s.kind                                               AS shop_kind,           -- kind of shop
  amount,                                                                      -- money asked for
  online,                                                                      -- paid without the card in hand
  hour(paid_at)                                        AS hour_of_day,         -- hour of the payment, UTC
  count(*)                             OVER ten        AS payments_10m,        -- payments in the last ten minutes
  count(*)                             OVER one_day    AS payments_1d,         -- payments in the last day
  sum(amount)                          OVER one_day    AS spent_1d,            -- money asked for in the last day
  rate(*, '1 hour') FILTER (WHERE NOT approved) OVER two_hours AS declines_per_hour,  -- declined payments an hour, over two hours
  count(*)                             OVER visit      AS payments_in_visit,   -- payments since the last pause of 3 hours
  count(DISTINCT shop_id)              OVER visit      AS shops_in_visit,      -- different shops since that pause
  last_n(shop_id, 5)                   OVER visit      AS last_shops,          -- the last five shops since that pause, oldest first
  len(list_distinct(last_n(shop_id, 5) OVER newest))   AS shops_of_last_5,     -- different shops in the last five payments
  since_last()                         OVER life       AS seconds_since_last,  -- seconds since the payment before
  amount / nullif(avg(amount)          OVER before, 0) AS times_the_usual,     -- amount over the card's mean of 30 days before
  count(*) FILTER (WHERE online) OVER before / nullif(count(*) OVER before, 0) AS online_share  -- share of payments online, 30 days before
FROM payments p ASOF LEFT JOIN shops s ON p.shop_id = s.shop_id AND p.paid_at >= s.valid_from
WINDOW
  ten       AS (SLIDING SIZE 10 MINUTES),
  two_hours AS (SLIDING SIZE 2 HOURS),
  one_day   AS (SLIDING SIZE 1 DAY),
  before    AS (SLIDING SIZE 30 DAYS EXCLUDE CURRENT GROUP),
  visit     AS (SESSION GAP 3 HOURS),
  newest    AS (LAST 5 ROWS),
  life      AS (GLOBAL)
EMIT ON EVENT;

-- What happens at a shop.
CREATE FEATURE VIEW shop_payments ENTITY shop_id WITH ('owner' = 'risk', 'tags' = 'shop') AS
SELECT
  count(*)                                OVER one_hour AS payments_1h,    -- payments at the shop in the last hour
  count(DISTINCT card_id)                 OVER one_day  AS cards_1d,       -- different cards at the shop in the last day
  count(*) FILTER (WHERE NOT approved) OVER one_day / nullif(count(*) OVER one_day, 0) AS declined_share_1d,  -- share declined over a day
  avg(amount)                             OVER one_week AS mean_amount_7d  -- mean amount over a week
FROM payments
WINDOW one_hour AS (SLIDING SIZE 1 HOUR), one_day AS (SLIDING SIZE 1 DAY), one_week AS (SLIDING SIZE 7 DAYS)
EMIT ON EVENT;

-- Everything that is known of a payment at the instant it is asked for.
CREATE FEATURE SERVICE payment_features WITH ('owner' = 'risk', 'tags' = 'serving') AS
SELECT c.*, s.payments_1h AS shop_payments_1h, s.cards_1d AS shop_cards_1d,
  s.declined_share_1d AS shop_declined_share_1d, s.mean_amount_7d AS shop_mean_amount_7d
FROM card_payments c JOIN shop_payments s USING (shop_id);
