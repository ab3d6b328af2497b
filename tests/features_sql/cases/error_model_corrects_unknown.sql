CREATE MODEL m CORRECTS frauds WITH ('provider' = 'river');
-- expected:
-- error_model_corrects_unknown.sql:1:25: unknown model frauds
--     CREATE MODEL m CORRECTS frauds WITH ('provider' = 'river');
--                             ^^^^^^
--     hint: did you mean fraud?
