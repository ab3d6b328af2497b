-- Closes of a hopping window of an hour by quarters of an hour in Europe/Berlin, whose clock goes from 02:00 to 03:00 on
-- 2024-03-31 at 01:00 UTC and from 03:00 to 02:00 on 2024-10-27 at 01:00 UTC. A window reaches from a reading to the one an
-- hour later. While the clock repeats the hour from 02:00, no boundary comes.
CREATE SOURCE events (id VARCHAR, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 20 MINUTES)
  WITH ('connector' = 'files', 'path' = 'zone_2.csv', 'format' = 'csv', 'bounded' = 'true');

CREATE FEATURE VIEW closed ENTITY k AS
SELECT count(*) OVER w AS n, rate(*, '1 hour') OVER w AS per_hour, list(id) OVER w AS members
FROM events WINDOW w AS (HOPPING SIZE 1 HOUR ADVANCE BY 15 MINUTES TIME ZONE 'Europe/Berlin') EMIT ON WINDOW CLOSE;

-- expect closed
-- | k | as_of               | n | per_hour      | members | working                                                        |
-- | a | 2024-03-31 00:15:00 | 1 | 1             | B       |                                                                |
-- | b | 2024-03-31 00:15:00 | 1 | 1             | p       |                                                                |
-- | a | 2024-03-31 00:30:00 | 1 | 1             | B       |                                                                |
-- | b | 2024-03-31 00:30:00 | 2 | 2             | p q     |                                                                |
-- | a | 2024-03-31 00:45:00 | 1 | 1             | B       |                                                                |
-- | b | 2024-03-31 00:45:00 | 2 | 2             | p q     |                                                                |
-- | a | 2024-03-31 01:00:00 | 1 | 1             | B       |                                                                |
-- | b | 2024-03-31 01:00:00 | 3 | 3             | p q r   | from 01:00; four boundaries at once, of which the first counts |
-- | b | 2024-03-31 01:15:00 | 2 | 8             | s t     | from 02:15, which is the jump: 15 minutes                      |
-- | b | 2024-03-31 01:30:00 | 2 | 4             | s t     | 30 minutes                                                     |
-- | b | 2024-03-31 01:45:00 | 2 | 2.66666666667 | s t     | 45 minutes                                                     |
-- | b | 2024-03-31 02:00:00 | 2 | 2             | s t     | u comes at the boundary                                        |
-- | b | 2024-03-31 02:15:00 | 1 | 1             | u       |                                                                |
-- | b | 2024-03-31 02:30:00 | 1 | 1             | u       |                                                                |
-- | b | 2024-03-31 02:45:00 | 1 | 1             | u       |                                                                |
-- | b | 2024-03-31 03:00:00 | 1 | 1             | u       |                                                                |
-- | a | 2024-10-27 00:45:00 | 1 | 1             | C       |                                                                |
-- | a | 2024-10-27 02:00:00 | 2 | 1             | C D     |                                                                |
-- | b | 2024-10-27 02:00:00 | 2 | 1             | v w     | from 02:00 to 03:00: two hours                                 |
-- | a | 2024-10-27 02:15:00 | 2 | 1             | C D     |                                                                |
-- | b | 2024-10-27 02:15:00 | 3 | 1.5           | v w x   | from 02:15, the first time                                     |
-- | a | 2024-10-27 02:30:00 | 2 | 1             | C D     |                                                                |
-- | b | 2024-10-27 02:30:00 | 3 | 1.5           | v w x   |                                                                |
-- | a | 2024-10-27 02:45:00 | 1 | 0.5           | D       |                                                                |
-- | b | 2024-10-27 02:45:00 | 3 | 1.5           | v w x   |                                                                |
-- | b | 2024-10-27 03:00:00 | 1 | 1             | x       |                                                                |
