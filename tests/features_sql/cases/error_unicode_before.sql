-- Zahlungen je Händler 🎉
CREATE FEATURE VIEW v ENTITY card_id AS
SELECT 'größe' || upper(card_id) /* ß */ || amuont AS größe
FROM transactions;
-- expected:
-- error_unicode_before.sql:3:45: unknown column amuont
--     SELECT 'größe' || upper(card_id) /* ß */ || amuont AS größe
--                                                 ^^^^^^
--     hint: did you mean amount?
