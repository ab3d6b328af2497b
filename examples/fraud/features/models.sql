-- Is this payment fraud? A payment that nobody has charged back within 10 days counts as honest.
CREATE MODEL fraud PREDICT is_fraud FROM payment_features LABELS chargebacks ON (payment_id) WITHIN 10 DAYS
  WITH ('provider' = 'lightgbm', 'objective' = 'binary', 'unlabelled' = 'negative', 'num_leaves' = '15',
        'min_data_in_leaf' = '50', 'learning_rate' = '0.05', 'num_iterations' = '200', 'owner' = 'risk', 'tags' = 'fraud');

-- The same question, answered by the model above and what has been learned since: deltas on the leaves of its trees, and
-- new models on the payments since a drift. What is served is a mixture of those that have shown that they are better.
CREATE MODEL fraud_live CORRECTS fraud
  WITH ('provider' = 'river', 'algorithm' = 'LeafCorrector', 'learning_rate' = '0.1',
        'drift.detector' = 'ADWIN', 'drift.delta' = '0.01', 'on.warning' = 'accelerate', 'on.drift' = 'retrain',
        'retrain.after' = '6 hours', 'retrain.cooldown' = '2 days', 'retrain.rows' = '20000',
        'owner' = 'risk', 'tags' = 'fraud,online');

-- A linear model that starts from nothing.
CREATE MODEL fraud_online PREDICT is_fraud FROM payment_features LABELS chargebacks ON (payment_id) WITHIN 10 DAYS
  WITH ('provider' = 'river', 'algorithm' = 'preprocessing.StandardScaler() | linear_model.LogisticRegression(l2=0.0001)',
        'unlabelled' = 'negative', 'owner' = 'risk', 'tags' = 'fraud,online');

-- Every payment with its score, at the instant it is asked for.
CREATE STREAM scored_payments WITH ('inference' = 'embedded', 'owner' = 'risk', 'tags' = 'fraud') AS
SELECT
  payment_id,            -- number of the payment
  shop_id,               -- where it is asked for
  amount,                -- money asked for
  prediction,            -- chance of fraud, as served
  prediction_frozen,     -- by the trained model alone
  prediction_corrected,  -- by the leaf corrector on it
  model_version,         -- the trained version, and how many new ones have entered since
  prediction * amount AS expected_loss  -- the money that is likely lost
FROM ML_PREDICT(TABLE payment_features, MODEL fraud_live);

-- Payments to look at, as lines of JSON.
CREATE SINK alerts FROM scored_payments WHERE prediction > 0.5 WITH ('connector' = 'files', 'path' = 'alerts');
