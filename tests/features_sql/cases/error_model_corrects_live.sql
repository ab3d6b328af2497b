CREATE MODEL m CORRECTS fraud_live WITH ('provider' = 'river');
-- expected:
-- error_model_corrects_live.sql:1:25: fraud_live is a corrector itself
--     CREATE MODEL m CORRECTS fraud_live WITH ('provider' = 'river');
--                             ^^^^^^^^^^
--     hint: correct the model that it corrects
