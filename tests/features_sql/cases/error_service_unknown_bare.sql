CREATE FEATURE SERVICE s AS
SELECT x
FROM card_velocity c;
-- expected:
-- error_service_unknown_bare.sql:2:8: unknown column x
--     SELECT x
--            ^
--     hint: one of card_id, ts, txn_id, merchant_id, amount, merchant_risk, txns_5m, avg_amount_1h, failures_per_minute, last_merchants, share, seconds_since_last
