-- Months, quarters and years: months of the calendar, months from the 5th on, quarters, and years of New York (5 hours
-- behind UTC in winter).
CREATE SOURCE events (id VARCHAR, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'months_1.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW counted ENTITY k AS
SELECT
  id,
  count(*)         OVER m                                                     AS month,
  rate(*, '1 day') OVER m                                                     AS per_day,
  count(*)         OVER (TUMBLING SIZE 1 MONTH OFFSET 4 DAYS)                  AS from_5th,
  count(*)         OVER (TUMBLING SIZE 1 QUARTER)                              AS quarter,
  count(*)         OVER (TUMBLING SIZE 1 YEAR TIME ZONE 'America/New_York')    AS year
FROM events WINDOW m AS (TUMBLING SIZE 1 MONTH);

CREATE FEATURE VIEW closed ENTITY k AS
SELECT count(*) OVER m AS n, rate(*, '1 day') OVER m AS per_day, sum(1) OVER (TUMBLING SIZE 2 MONTHS) AS two
FROM events WINDOW m AS (TUMBLING SIZE 1 MONTH) EMIT ON WINDOW CLOSE m;

-- expect counted
-- | k | ts                  | id | month | per_day         | from_5th | quarter | year | working                             |
-- | a | 1969-12-31 23:59:59 | A  | 1     | 0.0322580645161 | 1        | 1       | 1    |                                     |
-- | a | 1970-01-01 00:00:00 | B  | 1     | 0.0322580645161 | 2        | 1       | 2    |                                     |
-- | a | 1970-01-04 23:59:59 | C  | 2     | 0.0645161290323 | 3        | 2       | 1    |                                     |
-- | a | 1970-01-05 00:00:00 | D  | 3     | 0.0967741935484 | 1        | 3       | 2    | the 5th begins a bucket             |
-- | a | 1970-02-05 00:00:00 | E  | 1     | 0.0357142857143 | 1        | 4       | 3    |                                     |
-- | a | 2024-02-29 12:00:00 | F  | 1     | 0.0344827586207 | 1        | 1       | 1    | a leap year                         |
-- | a | 00:00:00            | G  | 1     | 0.0322580645161 | 2        | 2       | 2    |                                     |
-- | a | 2024-03-04 23:59:59 | H  | 2     | 0.0645161290323 | 3        | 3       | 3    |                                     |
-- | a | 2024-03-05 00:00:00 | I  | 3     | 0.0967741935484 | 1        | 4       | 4    |                                     |
-- | a | 2024-03-31 23:59:59 | J  | 4     | 0.129032258065  | 2        | 5       | 5    |                                     |
-- | a | 2024-04-01 00:00:00 | K  | 1     | 0.0333333333333 | 3        | 1       | 6    |                                     |
-- | a | 2025-01-01 04:59:59 | L  | 1     | 0.0322580645161 | 1        | 1       | 7    | 23:59:59 of December 31 in New York |
-- | a | 2025-01-01 05:00:00 | M  | 2     | 0.0645161290323 | 2        | 2       | 1    | midnight there                      |

-- expect closed
-- | k | as_of               | n | per_day         | two | working                |
-- | a | 1970-01-01 00:00:00 | 1 | 0.0322580645161 | 1   |                        |
-- | a | 1970-02-01 00:00:00 | 3 | 0.0967741935484 | 3   |                        |
-- | a | 1970-03-01 00:00:00 | 1 | 0.0357142857143 | 4   | January and February   |
-- | a | 00:00:00            | 1 | 0.0344827586207 | 1   | of 2024-03-01          |
-- | a | 2024-04-01 00:00:00 | 4 | 0.129032258065  | 4   | March and April so far |
-- | a | 2024-05-01 00:00:00 | 1 | 0.0333333333333 | 5   |                        |
-- | a | 2025-02-01 00:00:00 | 2 | 0.0645161290323 | 2   |                        |
