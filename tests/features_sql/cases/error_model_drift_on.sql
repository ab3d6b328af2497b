CREATE MODEL m CORRECTS fraud WITH ('provider' = 'river', 'drift.detector' = 'ADWIN', 'drift.on' = 'amuont');
-- expected:
-- error_model_drift_on.sql:1:100: a detector cannot watch amuont
--     CREATE MODEL m CORRECTS fraud WITH ('provider' = 'river', 'drift.detector' = 'ADWIN', 'drift.on' = 'amuont');
--                                                                                                        ^^^^^^^^
--     hint: did you mean amount?
