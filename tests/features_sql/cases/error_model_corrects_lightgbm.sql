CREATE MODEL m CORRECTS fraud WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_corrects_lightgbm.sql:1:50: 'provider' cannot be 'lightgbm'
--     CREATE MODEL m CORRECTS fraud WITH ('provider' = 'lightgbm');
--                                                      ^^^^^^^^^^
--     hint: it may be 'river'
