CREATE FEATURE VIEW v ENTITY card_id AS
SELECT read_text('/etc/passwd') AS n
FROM transactions
WINDOW w AS (SLIDING SIZE 5 MINUTES), life AS (GLOBAL);
