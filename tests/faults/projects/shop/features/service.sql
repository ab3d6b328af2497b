CREATE FEATURE SERVICE payment_features AS
SELECT p.*, v.seconds_30m, v.visits_30m, c.pages, q.total AS shop_total, m.spread_20m AS shop_spread
FROM card_payments p
  JOIN card_visits v USING (card)
  JOIN card_sessions c USING (card)
  JOIN shop_quarters q USING (shop)
  JOIN shop_payments m USING (shop);
