CREATE FEATURE VIEW v ENTITY card_id AS SELECT count(*) OVER (LAST 9 ROWS) AS n FROM transactions;
COMMENT ON FEATURE v.m IS 'how many';
COMMENT ON FEATURE v IS 'how many';
COMMENT ON VIEW transactions IS 'payments';
COMMENT ON SOURCE transactoins IS 'payments';
COMMENT ON FEATURES v.n IS 'how many';
COMMENT ON TABLE merchants 'shops';
COMMENT ON TABLE merchants IS "shops";
COMMENT ON FEATURE transactions.amount IS 'money';
-- expected:
-- error_comment_on.sql:2:22: v has no feature m
--     COMMENT ON FEATURE v.m IS 'how many';
--                          ^
--     hint: it has n
--
-- error_comment_on.sql:3:22: expected .; got IS
--     COMMENT ON FEATURE v IS 'how many';
--                          ^^
--     hint: COMMENT ON FEATURE card_velocity.txns_5m IS 'payments in five minutes'
--
-- error_comment_on.sql:4:17: transactions is a source
--     COMMENT ON VIEW transactions IS 'payments';
--                     ^^^^^^^^^^^^
--     hint: COMMENT ON SOURCE transactions
--
-- error_comment_on.sql:5:19: unknown source transactoins
--     COMMENT ON SOURCE transactoins IS 'payments';
--                       ^^^^^^^^^^^^
--     hint: did you mean transactions?
--
-- error_comment_on.sql:6:12: expected FEATURE, SOURCE, TABLE, VIEW, SERVICE, MODEL, STREAM or SINK; got FEATURES
--     COMMENT ON FEATURES v.n IS 'how many';
--                ^^^^^^^^
--     hint: did you mean FEATURE?
--
-- error_comment_on.sql:7:28: expected IS; got 'shops'
--     COMMENT ON TABLE merchants 'shops';
--                                ^^^^^^^
--     hint: COMMENT ON FEATURE card_velocity.txns_5m IS 'payments in five minutes'
--
-- error_comment_on.sql:8:31: expected a quoted text; got "shops"
--     COMMENT ON TABLE merchants IS "shops";
--                                   ^^^^^^^
--     hint: COMMENT ON FEATURE card_velocity.txns_5m IS 'payments in five minutes'
--
-- error_comment_on.sql:9:20: transactions is a source
--     COMMENT ON FEATURE transactions.amount IS 'money';
--                        ^^^^^^^^^^^^
--     hint: features are of views and services
