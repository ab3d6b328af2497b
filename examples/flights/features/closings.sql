-- How the flights out of an airport went, by the clock hour in which they landed.
CREATE FEATURE VIEW origin_hourly ENTITY origin
  WITH ('owner' = 'airports', 'tags' = 'congestion,delay', 'valid.for' = '12 hours') AS
SELECT
  avg(dep_delay) OVER clock_hour AS mean_departure_delay,  -- mean departure delay of the flights that landed in the hour, minutes
  count(*)       OVER clock_hour AS landings               -- flights from this airport that landed in the hour
FROM landings
WINDOW clock_hour AS (TUMBLING SIZE 1 HOUR)
EMIT ON WINDOW CLOSE;

-- The last twelve hours of an airline, renewed every three.
CREATE FEATURE VIEW carrier_half_days ENTITY carrier
  WITH ('owner' = 'airlines', 'tags' = 'airline,delay', 'valid.for' = '1 day') AS
SELECT
  avg(arr_delay - dep_delay) OVER half AS minutes_lost_in_the_air,  -- mean of arrival delay less departure delay: negative where time is made up
  stddev(dep_delay)          OVER half AS departure_delay_spread    -- standard deviation of the departure delay, minutes
FROM landings
WINDOW half AS (HOPPING SIZE 12 HOURS ADVANCE BY 3 HOURS)
EMIT ON WINDOW CLOSE;

-- A working day of an aircraft: landings with less than eight hours between them.
CREATE FEATURE VIEW aircraft_days ENTITY tailnum
  WITH ('owner' = 'fleet', 'tags' = 'aircraft,delay', 'valid.for' = '14 days') AS
SELECT
  sum(air_time)  OVER shift / 60.0 AS hours_flown,  -- hours in the air over the working day
  max(arr_delay) OVER shift        AS worst_delay   -- longest arrival delay of the working day, minutes
FROM landings
WINDOW shift AS (SESSION GAP 8 HOURS)
EMIT ON WINDOW CLOSE;
