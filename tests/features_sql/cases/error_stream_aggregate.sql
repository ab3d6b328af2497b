CREATE STREAM s AS SELECT max(prediction) AS p FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_aggregate.sql:1:27: max is an aggregate: it cannot stand here
--     CREATE STREAM s AS SELECT max(prediction) AS p FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
--                               ^^^
--     hint: this is computed for each event by itself
