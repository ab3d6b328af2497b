-- Every flight that was scheduled to leave a New York airport in 2013. It is known when it is due to leave,
-- so no column tells how it went.
CREATE SOURCE departures (
  flight_id BIGINT, scheduled_at TIMESTAMP, carrier VARCHAR, flight INTEGER, tailnum VARCHAR,
  origin VARCHAR, dest VARCHAR, distance INTEGER, sched_dep_time INTEGER, sched_arr_time INTEGER,
  minute_of_day INTEGER AS (sched_dep_time // 100 * 60 + sched_dep_time % 100),
  WATERMARK FOR scheduled_at AS scheduled_at - INTERVAL 2 HOURS,
  PRIMARY KEY (flight_id) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'departures/*.csv', 'format' = 'csv', 'bounded' = 'true');

-- Every flight that landed. Its delays are known only now: when it has landed.
-- Rows come in the order of the schedule, so a flight that left a day late lands long after its neighbours.
CREATE SOURCE landings (
  flight_id BIGINT, landed_at TIMESTAMP, scheduled_at TIMESTAMP, carrier VARCHAR, flight INTEGER, tailnum VARCHAR,
  origin VARCHAR, dest VARCHAR, distance INTEGER, dep_delay INTEGER, arr_delay INTEGER, air_time INTEGER,
  late BOOLEAN AS (arr_delay >= 15),
  WATERMARK FOR landed_at AS landed_at - INTERVAL 33 HOURS,
  PRIMARY KEY (flight_id) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'landings/*.parquet', 'format' = 'parquet', 'bounded' = 'true');

-- Hourly weather at the three airports, known from the hour it was observed.
CREATE TABLE weather (
  origin VARCHAR, observed_at TIMESTAMP, temp DOUBLE, dewp DOUBLE, humid DOUBLE, wind_speed DOUBLE,
  precip DOUBLE, pressure DOUBLE, visib DOUBLE,
  PRIMARY KEY (origin, observed_at) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'tables/weather.csv', 'format' = 'csv');

-- The register of aircraft, as of the start of 2013.
CREATE TABLE planes (
  tailnum VARCHAR, valid_from TIMESTAMP, built INTEGER, manufacturer VARCHAR, model VARCHAR, engines INTEGER, seats INTEGER,
  PRIMARY KEY (tailnum, valid_from) NOT ENFORCED
) WITH ('connector' = 'files', 'path' = 'tables/planes.csv', 'format' = 'csv');
