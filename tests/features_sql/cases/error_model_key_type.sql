CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id, card_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_key_type.sql:1:78: card_id is VARCHAR in fraud_v1 but INTEGER in chargebacks
--     CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id, card_id) WITHIN 30 DAYS
--                                                                                  ^^^^^^^
--     hint: keys must have the same type
