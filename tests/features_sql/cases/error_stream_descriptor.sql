CREATE STREAM a AS SELECT prediction
FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(amuont, AMOUNT, amount, txn_id));
CREATE STREAM b AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(merchant_id, Amount));
CREATE STREAM c AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, COLUMNS(amount));
CREATE STREAM d AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR amount);
CREATE STREAM e AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(merchant_id, amount), 1);
CREATE STREAM f AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR());
CREATE STREAM g AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(merchant_id));
-- expected:
-- error_stream_descriptor.sql:2:53: DESCRIPTOR leaves out merchant_id, which fraud_online is fed
--     FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(amuont, AMOUNT, amount, txn_id));
--                                                         ^^^^^^^^^^
--     hint: name every column that is fed, or leave DESCRIPTOR out
--
-- error_stream_descriptor.sql:2:64: unknown column amuont
--     FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(amuont, AMOUNT, amount, txn_id));
--                                                                    ^^^^^^
--     hint: did you mean amount?
--
-- error_stream_descriptor.sql:2:80: DESCRIPTOR names amount twice
--     FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(amuont, AMOUNT, amount, txn_id));
--                                                                                    ^^^^^^
--
-- error_stream_descriptor.sql:2:88: fraud_online is not fed txn_id
--     FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(amuont, AMOUNT, amount, txn_id));
--                                                                                            ^^^^^^
--     hint: it is fed amount, merchant_id
--
-- error_stream_descriptor.sql:4:90: expected DESCRIPTOR; got COLUMNS
--     CREATE STREAM c AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, COLUMNS(amount));
--                                                                                              ^^^^^^^
--     hint: DESCRIPTOR(column, ...) names the columns that the model is fed
--
-- error_stream_descriptor.sql:5:101: expected ( and the columns that the model is fed; got amount
--     CREATE STREAM d AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR amount);
--                                                                                                         ^^^^^^
--     hint: DESCRIPTOR(column, ...) names the columns that the model is fed
--
-- error_stream_descriptor.sql:6:123: expected ); got 1
--     CREATE STREAM e AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(merchant_id, amount), 1);
--                                                                                                                               ^
--     hint: FROM ML_PREDICT(TABLE service, MODEL model)
--
-- error_stream_descriptor.sql:7:101: expected the name of a column; got )
--     CREATE STREAM f AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR());
--                                                                                                         ^
--
-- error_stream_descriptor.sql:8:90: DESCRIPTOR leaves out amount, which fraud_online is fed
--     CREATE STREAM g AS SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_online, DESCRIPTOR(merchant_id));
--                                                                                              ^^^^^^^^^^
--     hint: name every column that is fed, or leave DESCRIPTOR out
