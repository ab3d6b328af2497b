CREATE MODEL m CORRECTS fraud_online WITH ('provider' = 'river');
-- expected:
-- error_model_corrects_online.sql:1:25: fraud_online learns online itself
--     CREATE MODEL m CORRECTS fraud_online WITH ('provider' = 'river');
--                             ^^^^^^^^^^^^
--     hint: a corrector stands on a model of 'provider' = 'lightgbm'
