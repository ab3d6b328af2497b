-- What is known of a flight when it is due to leave: itself, the weather, its aircraft, and how busy the airport is.
-- This view drives the service: one row for each scheduled flight.
CREATE FEATURE VIEW departure_board ENTITY origin WITH ('owner' = 'airports', 'tags' = 'driver,congestion') AS
SELECT
  flight_id,                                                            -- number of the flight, in order of the schedule
  flight,                                                               -- flight number, unique for the airline at an instant
  carrier,                                                              -- two letter code of the airline
  tailnum,                                                              -- registration of the aircraft
  dest,                                                                 -- airport the flight goes to
  distance,                                                             -- miles from origin to destination
  minute_of_day,                                                        -- minutes after midnight, New York time, at which it is due to leave
  w.temp                                     AS temperature,            -- degrees Fahrenheit at the airport, newest observation
  w.humid                                    AS humidity,               -- relative humidity at the airport, percent
  w.wind_speed                               AS wind_speed,             -- wind at the airport, miles per hour
  w.visib                                    AS visibility,             -- visibility at the airport, miles
  w.temp - w.dewp                            AS dew_point_spread,       -- degrees between temperature and dew point: near 0 is fog
  p.seats                                    AS seats,                  -- seats of the aircraft
  2013 - p.built                             AS aircraft_age,           -- age of the aircraft, years
  count(*)                   OVER last_hour  AS departures_1h,          -- flights due to leave this airport in the last hour
  count(*)                   OVER today      AS departures_today,       -- flights due to leave this airport since 00:00 UTC
  count(*)                   OVER hops       AS departures_6h_hop,      -- flights due in the six hours that end with this clock hour
  count(*)                   OVER bank       AS departures_in_bank,     -- flights so far in this bank: no pause above 5 minutes between two
  since_last()               OVER life       AS seconds_since_departure,  -- seconds since the flight due before this one
  avg(distance)              OVER newest     AS mean_distance_20,       -- mean distance of the newest 20 flights, miles
  count(DISTINCT dest)       OVER around     AS destinations_30m        -- different destinations due in the last 30 minutes
FROM departures d
  ASOF LEFT JOIN weather w ON d.origin = w.origin AND d.scheduled_at >= w.observed_at
  ASOF LEFT JOIN planes p ON d.tailnum = p.tailnum AND d.scheduled_at >= p.valid_from
WINDOW
  last_hour AS (SLIDING SIZE 1 HOUR),
  today     AS (TUMBLING SIZE 1 DAY),
  hops      AS (HOPPING SIZE 6 HOURS ADVANCE BY 1 HOUR),
  bank      AS (SESSION GAP 5 MINUTES),
  life      AS (GLOBAL),
  newest    AS (LAST 20 ROWS),
  around    AS (RANGE BETWEEN INTERVAL 30 MINUTES PRECEDING AND CURRENT ROW)
EMIT ON EVENT;

-- How hard an aircraft is being worked. The flight itself is due at the same instant, so it is left out.
CREATE FEATURE VIEW aircraft_departures ENTITY tailnum WITH ('owner' = 'fleet', 'tags' = 'aircraft') AS
SELECT
  since_last() OVER before AS seconds_since_departure,  -- seconds since the aircraft was last due to leave New York
  count(*)     OVER seven  AS departures_7d             -- flights of the aircraft due from New York in the seven days before
FROM departures
WINDOW before AS (GLOBAL EXCLUDE CURRENT GROUP), seven AS (SLIDING SIZE 7 DAYS EXCLUDE CURRENT GROUP)
EMIT ON EVENT;
