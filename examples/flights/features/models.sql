-- Will this flight arrive 15 minutes late or more? Asked when it is due to leave, answered when it has landed.
-- A flight that was cancelled never lands: its row expires after two days and is learned by no model.
CREATE MODEL arrival_late PREDICT late FROM flight_features LABELS landings ON (flight_id) WITHIN 2 DAYS
  WITH ('provider' = 'lightgbm', 'objective' = 'binary', 'owner' = 'predictions', 'tags' = 'delay');

-- The same question, answered by the model above and by what has been learned since: deltas on the leaves of its trees,
-- and a new model on all flights so far when its loss drifts. What is served is a mixture of the three.
-- A day of storms makes half of all flights late and is no fault in the labels, so there is no quarantine.
CREATE MODEL arrival_late_live CORRECTS arrival_late
  WITH ('provider' = 'river', 'algorithm' = 'LeafCorrector', 'learning_rate' = '0.05', 'decay' = '0.0001',
        'admission' = 'always', 'quarantine' = 'off',
        'drift.detector' = 'ADWIN', 'on.drift' = 'retrain', 'retrain.cooldown' = '30 days', 'retrain.rows' = '2000000',
        'owner' = 'predictions', 'tags' = 'delay,online');

-- Another corrector: a linear model that is fed the margin of the first one, and the features.
CREATE MODEL arrival_late_linear CORRECTS arrival_late
  WITH ('provider' = 'river', 'algorithm' = 'linear_model.LogisticRegression(optimizer=optim.SGD(0.001))',
        'quarantine' = 'off', 'owner' = 'predictions', 'tags' = 'delay,online');

-- What the windows are worth: the same training, fed the columns of the departure alone.
CREATE MODEL arrival_late_raw PREDICT late FROM flight_features LABELS landings ON (flight_id) WITHIN 2 DAYS
  WITH ('provider' = 'lightgbm', 'objective' = 'binary', 'features' = 'carrier, flight, dest, distance, minute_of_day',
        'owner' = 'predictions', 'tags' = 'delay');

-- Every departure with its score, written at the instant at which it is due to leave.
CREATE STREAM scored_flights WITH ('inference' = 'embedded', 'owner' = 'predictions', 'tags' = 'delay') AS
SELECT
  flight_id,             -- number of the flight, in order of the schedule
  carrier,               -- two letter code of the airline
  dest,                  -- airport the flight goes to
  prediction,            -- chance of arriving 15 minutes late or more, as served
  prediction_frozen,     -- by the trained model alone
  prediction_corrected,  -- by the leaf corrector on it
  model_version          -- the trained version, and how many new ones have entered since
FROM ML_PREDICT(TABLE flight_features, MODEL arrival_late_live);
