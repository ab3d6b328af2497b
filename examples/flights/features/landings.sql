-- How the flights of an aircraft that have landed went.
CREATE FEATURE VIEW aircraft_landings ENTITY tailnum WITH ('owner' = 'fleet', 'tags' = 'aircraft,delay') AS
SELECT
  last_n(dest, 5)               OVER life   AS last_airports,          -- the last five airports the aircraft landed at, oldest first
  since_last()                  OVER life   AS seconds_since_landing,  -- seconds since the aircraft last landed
  avg(arr_delay)                OVER five   AS mean_delay_5,           -- mean arrival delay of its last five flights, minutes
  last(arr_delay)               OVER life   AS last_delay,             -- arrival delay of its last flight, minutes
  quantile_cont(arr_delay, 0.9) OVER twenty AS delay_p90_20            -- arrival delay that one in ten of its last 20 flights exceeds, minutes
FROM landings
WINDOW life AS (GLOBAL), five AS (LAST 5 ROWS), twenty AS (ROWS BETWEEN 19 PRECEDING AND CURRENT ROW)
EMIT ON EVENT;

-- How an airline is doing, over its flights that have landed.
CREATE FEATURE VIEW carrier_landings ENTITY carrier WITH ('owner' = 'airlines', 'tags' = 'airline,delay') AS
SELECT
  avg(arr_delay)                                OVER recent  AS mean_delay_3h,        -- mean arrival delay over three hours, minutes
  stddev(arr_delay)                             OVER one_day AS delay_spread_1d,      -- standard deviation of the arrival delay over a day, minutes
  count(*) FILTER (WHERE arr_delay > 15) OVER hops / nullif(count(*) OVER hops, 0)
                                                             AS late_share_6h,        -- share of its flights over 15 minutes late, last six hours by half hours
  max(dep_delay)                                OVER today   AS worst_delay_today,    -- longest departure delay since 00:00 UTC, minutes
  rate(*, '1 hour')                             OVER recent  AS landings_per_hour     -- its landings an hour, over three hours
FROM landings
WINDOW
  recent AS (SLIDING SIZE 3 HOURS),
  one_day AS (SLIDING SIZE 1 DAY),
  hops   AS (HOPPING SIZE 6 HOURS ADVANCE BY 30 MINUTES),
  today  AS (TUMBLING SIZE 1 DAY)
EMIT ON EVENT;

-- How flights on a route have gone, whoever flew them.
CREATE FEATURE VIEW route_landings ENTITY (origin, dest) WITH ('owner' = 'network', 'tags' = 'route,delay') AS
SELECT
  avg(arr_delay)    OVER one_day  AS mean_delay_1d,   -- mean arrival delay on the route over a day, minutes
  median(arr_delay) OVER one_week AS median_delay_7d, -- median arrival delay on the route over a week, minutes
  avg(air_time)     OVER newest AS mean_air_time_10 -- mean minutes in the air of the last ten flights: the wind along the way
FROM landings
WINDOW
  one_day AS (SLIDING SIZE 1 DAY),
  one_week AS (RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW),
  newest AS (LAST 10 ROWS)
EMIT ON EVENT;

-- How one airline does on one route.
CREATE FEATURE VIEW carrier_route_landings ENTITY (carrier, origin, dest)
  WITH ('owner' = 'network', 'tags' = 'route,airline,delay') AS
SELECT
  last_n(arr_delay, 5) OVER life AS last_delays,      -- arrival delays of its last five flights on the route, oldest first, minutes
  avg(arr_delay)       OVER life AS mean_delay,       -- mean arrival delay of all its flights on the route so far, minutes
  min(air_time)        OVER life AS best_air_time     -- its quickest flight on the route so far, minutes in the air
FROM landings
WINDOW life AS (GLOBAL)
EMIT ON EVENT;
