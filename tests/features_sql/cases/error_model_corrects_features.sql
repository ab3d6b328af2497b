CREATE MODEL m CORRECTS fraud WITH ('provider' = 'river', 'features' = 'amount');
-- expected:
-- error_model_corrects_features.sql:1:59: a corrector is fed what its base is fed
--     CREATE MODEL m CORRECTS fraud WITH ('provider' = 'river', 'features' = 'amount');
--                                                               ^^^^^^^^^^
--     hint: name them in the base
