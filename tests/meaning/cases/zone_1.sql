-- Buckets of Europe/Berlin. On 2024-03-31 at 01:00 UTC its clock goes from 02:00 to 03:00, on 2024-10-27 at 01:00 UTC from
-- 03:00 back to 02:00; before the first and after the second it is an hour ahead of UTC, between them two. A reading that
-- comes twice counts the first time, so the hour from 02:00 of October 27 has two hours, [00:00, 02:00) UTC.
CREATE SOURCE events (id VARCHAR, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'zone_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW counted ENTITY k AS
SELECT
  id,
  count(*)          OVER day                                                            AS day,
  rate(*, '1 hour') OVER day                                                            AS per_hour,
  count(*)          OVER (TUMBLING SIZE 1 HOUR TIME ZONE 'Europe/Berlin')                AS hour,
  count(*)          OVER (TUMBLING SIZE 6 HOURS TIME ZONE 'Europe/Berlin')               AS six,
  count(*)          OVER (TUMBLING SIZE 7 DAYS OFFSET 4 DAYS TIME ZONE 'Europe/Berlin')  AS week,
  count(*)          OVER (TUMBLING SIZE 1 MONTH TIME ZONE 'Europe/Berlin')               AS month
FROM events WINDOW day AS (TUMBLING SIZE 1 DAY TIME ZONE 'Europe/Berlin');

CREATE FEATURE VIEW closed ENTITY k AS
SELECT count(*) OVER day AS n, rate(*, '1 hour') OVER day AS per_hour, list(id) OVER day AS members
FROM events WINDOW day AS (TUMBLING SIZE 1 DAY TIME ZONE 'Europe/Berlin') EMIT ON WINDOW CLOSE;

-- expect counted
-- | k | ts                  | id | day | per_hour        | hour | six | week | month | working                               |
-- | a | 2024-03-30 22:59:59 | A  | 1   | 0.0416666666667 | 1    | 1   | 1    | 1     | 23:59:59 of the 30th                  |
-- | a | 2024-03-30 23:00:00 | B  | 1   | 0.0434782608696 | 1    | 1   | 2    | 2     | 00:00 of the 31st, which has 23 hours |
-- | a | 2024-03-31 00:30:00 | C  | 2   | 0.0869565217391 | 1    | 2   | 3    | 3     | 01:30                                 |
-- | a | 2024-03-31 01:00:00 | D  | 3   | 0.130434782609  | 1    | 3   | 4    | 4     | 02:00 is 03:00                        |
-- | a | 2024-03-31 01:30:00 | E  | 4   | 0.173913043478  | 2    | 4   | 5    | 5     | 03:30                                 |
-- | a | 2024-03-31 21:59:59 | F  | 5   | 0.217391304348  | 1    | 1   | 6    | 6     | 23:59:59                              |
-- | a | 2024-03-31 22:00:00 | G  | 1   | 0.0416666666667 | 1    | 1   | 1    | 1     | 00:00 of Monday the 1st               |
-- | a | 2024-10-26 22:00:00 | H  | 1   | 0.04            | 1    | 1   | 1    | 1     | 00:00 of the 27th, which has 25 hours |
-- | a | 2024-10-27 00:30:00 | I  | 2   | 0.08            | 1    | 2   | 2    | 2     | 02:30                                 |
-- | a | 2024-10-27 01:30:00 | J  | 3   | 0.12            | 2    | 3   | 3    | 3     | 02:30 again                           |
-- | a | 2024-10-27 02:00:00 | K  | 4   | 0.16            | 1    | 4   | 4    | 4     | 03:00                                 |
-- | a | 2024-10-27 22:59:59 | L  | 5   | 0.2             | 1    | 1   | 5    | 5     | 23:59:59                              |
-- | a | 2024-10-27 23:00:00 | M  | 1   | 0.0416666666667 | 1    | 1   | 1    | 6     | 00:00 of Monday the 28th              |

-- expect closed
-- | k | as_of               | n | per_hour        | members   | working  |
-- | a | 2024-03-30 23:00:00 | 1 | 0.0416666666667 | A         |          |
-- | a | 2024-03-31 22:00:00 | 5 | 0.217391304348  | B C D E F | 23 hours |
-- | a | 2024-04-01 22:00:00 | 1 | 0.0416666666667 | G         |          |
-- | a | 2024-10-27 23:00:00 | 5 | 0.2             | H I J K L | 25 hours |
-- | a | 2024-10-28 23:00:00 | 1 | 0.0416666666667 | M         |          |
