CREATE STREAM s AS SELECT txn_id, predicton FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_unknown_column.sql:1:35: unknown column predicton
--     CREATE STREAM s AS SELECT txn_id, predicton FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
--                                       ^^^^^^^^^
--     hint: did you mean prediction?
