-- All that is known of a flight at the instant it is due to leave: what a model of its arrival delay reads.
CREATE FEATURE SERVICE flight_features WITH ('owner' = 'predictions', 'tags' = 'serving') AS
SELECT
  d.*,
  ad.seconds_since_departure AS aircraft_seconds_since_departure,
  ad.departures_7d           AS aircraft_departures_7d,
  al.last_airports           AS aircraft_last_airports,
  al.seconds_since_landing   AS aircraft_seconds_since_landing,
  al.mean_delay_5            AS aircraft_mean_delay_5,
  al.last_delay              AS aircraft_last_delay,
  al.delay_p90_20            AS aircraft_delay_p90_20,
  c.mean_delay_3h            AS carrier_mean_delay_3h,
  c.delay_spread_1d          AS carrier_delay_spread_1d,
  c.late_share_6h            AS carrier_late_share_6h,
  c.worst_delay_today        AS carrier_worst_delay_today,
  c.landings_per_hour        AS carrier_landings_per_hour,
  r.mean_delay_1d            AS route_mean_delay_1d,
  r.median_delay_7d          AS route_median_delay_7d,
  r.mean_air_time_10         AS route_mean_air_time_10,
  cr.last_delays             AS carrier_route_last_delays,
  cr.mean_delay              AS carrier_route_mean_delay,
  cr.best_air_time           AS carrier_route_best_air_time,
  oh.mean_departure_delay    AS origin_mean_departure_delay_1h,
  oh.landings                AS origin_landings_1h,
  ch.minutes_lost_in_the_air AS carrier_minutes_lost_in_the_air,
  ch.departure_delay_spread  AS carrier_departure_delay_spread,
  ws.hours_flown             AS aircraft_hours_flown_last_day,
  ws.worst_delay             AS aircraft_worst_delay_last_day
FROM departure_board d
  JOIN aircraft_departures ad USING (tailnum)
  JOIN aircraft_landings al USING (tailnum)
  JOIN carrier_landings c USING (carrier)
  JOIN route_landings r USING (origin, dest)
  JOIN carrier_route_landings cr USING (carrier, origin, dest)
  JOIN origin_hourly oh USING (origin)
  JOIN carrier_half_days ch USING (carrier)
  JOIN aircraft_days ws USING (tailnum);
