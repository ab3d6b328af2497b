CREATE FEATURE VIEW v ENTITY card_id AS
	SELECT	amuont FROM transactions;
-- expected:
-- error_tabs.sql:2:9: unknown column amuont
--     	SELECT	amuont FROM transactions;
--     	      	^^^^^^
--     hint: did you mean amount?
