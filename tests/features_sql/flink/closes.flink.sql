-- hops
-- clicks: columns: exact
-- clicks: WATERMARK: exact with delay: times have milliseconds there, and which late rows count depends on when a watermark is sent
-- clicks: idle.timeout: exact with delay: a source of which every partition is idle waits there for its next row
-- clicks: connector: exact: where times are written as 2026-01-31 23:59:59.999; what is a dead letter here ends the job there
-- hops: ENTITY: exact
-- hops: EMIT: exact with delay: rows are written once Flink's watermark has passed them
-- hops: WINDOW w: exact
-- hops: carts: exact
-- hops: QUALIFY: exact
CREATE TABLE `clicks` (
  `visitor` STRING,
  `page` STRING,
  `spent` INT,
  `ts` TIMESTAMP(3),
  WATERMARK FOR `ts` AS `ts` - INTERVAL '60.002' SECOND(2, 3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'clicks',
  'properties.bootstrap.servers' = '...',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'scan.watermark.idle-timeout' = '10000 ms'
);

CREATE TEMPORARY VIEW `hops$rows` AS
SELECT `clicks`.`visitor` AS `_k0`, `clicks`.`ts` AS `_t`, `clicks`.`page` = 'cart' AS `x0`
FROM `clicks` AS `clicks`
WHERE `clicks`.`visitor` IS NOT NULL;

CREATE TEMPORARY VIEW `hops` AS
SELECT `_k0` AS `visitor`, CAST(`_t` AS TIMESTAMP(6)) AS `as_of`, `m0` AS `carts`
FROM (
  SELECT `_k0`, `window_end` AS `_t`, CAST(COUNT(CASE WHEN `x0` THEN 1 END) AS DECIMAL(38, 0)) AS `m0`
  FROM TABLE(HOP(TABLE `hops$rows`, DESCRIPTOR(`_t`), INTERVAL '5' MINUTE, INTERVAL '1' HOUR))
  GROUP BY `_k0`, `window_start`, `window_end`
)
WHERE `m0` > 0;

-- hourly
-- clicks: columns: exact
-- clicks: WATERMARK: exact with delay: times have milliseconds there, and which late rows count depends on when a watermark is sent
-- clicks: idle.timeout: exact with delay: a source of which every partition is idle waits there for its next row
-- clicks: connector: exact: where times are written as 2026-01-31 23:59:59.999; what is a dead letter here ends the job there
-- hourly: ENTITY: exact
-- hourly: EMIT: exact with delay: rows are written once Flink's watermark has passed them
-- hourly: WINDOW h: exact
-- hourly: clicks: exact
-- hourly: spent: exact
-- hourly: mean: exact
-- hourly: since: exact
CREATE TABLE `clicks` (
  `visitor` STRING,
  `page` STRING,
  `spent` INT,
  `ts` TIMESTAMP(3),
  WATERMARK FOR `ts` AS `ts` - INTERVAL '60.002' SECOND(2, 3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'clicks',
  'properties.bootstrap.servers' = '...',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'scan.watermark.idle-timeout' = '10000 ms'
);

CREATE TEMPORARY VIEW `hourly$rows` AS
SELECT `clicks`.`visitor` AS `_k0`, `clicks`.`ts` AS `_t`, `clicks`.`spent` AS `x0`
FROM `clicks` AS `clicks`
WHERE `clicks`.`visitor` IS NOT NULL;

CREATE TEMPORARY VIEW `hourly` AS
SELECT
  `_k0` AS `visitor`,
  CAST(`_t` AS TIMESTAMP(6)) AS `as_of`,
  `m0` AS `clicks`,
  `m1` AS `spent`,
  `m2` AS `mean`,
  CAST(`m3` AS TIMESTAMP(6)) AS `since`
FROM (
  SELECT
    `_k0`,
    `window_end` AS `_t`,
    COUNT(*) AS `m0`,
    SUM(CAST(`x0` AS DECIMAL(38, 0))) AS `m1`,
    CAST(SUM(CAST(`x0` AS DECIMAL(38, 0))) AS DOUBLE) / CAST(COUNT(`x0`) AS DOUBLE) AS `m2`,
    `window_start` AS `m3`
  FROM TABLE(TUMBLE(TABLE `hourly$rows`, DESCRIPTOR(`_t`), INTERVAL '1' HOUR, INTERVAL '15' MINUTE))
  GROUP BY `_k0`, `window_start`, `window_end`
);

-- visits
-- clicks: columns: exact
-- clicks: WATERMARK: exact with delay: times have milliseconds there, and which late rows count depends on when a watermark is sent
-- clicks: idle.timeout: exact with delay: a source of which every partition is idle waits there for its next row
-- clicks: connector: exact: where times are written as 2026-01-31 23:59:59.999; what is a dead letter here ends the job there
-- visits: ENTITY: exact
-- visits: EMIT: exact with delay: rows are written once Flink's watermark has passed them
-- visits: WINDOW v: exact
-- visits: clicks: exact
CREATE TABLE `clicks` (
  `visitor` STRING,
  `page` STRING,
  `spent` INT,
  `ts` TIMESTAMP(3),
  WATERMARK FOR `ts` AS `ts` - INTERVAL '60.002' SECOND(2, 3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'clicks',
  'properties.bootstrap.servers' = '...',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'scan.watermark.idle-timeout' = '10000 ms'
);

CREATE TEMPORARY VIEW `visits$rows` AS
SELECT `clicks`.`visitor` AS `_k0`, `clicks`.`ts` AS `_t`
FROM `clicks` AS `clicks`
WHERE `clicks`.`visitor` IS NOT NULL;

CREATE TEMPORARY VIEW `visits` AS
SELECT `_k0` AS `visitor`, CAST(`_t` AS TIMESTAMP(6)) AS `as_of`, `m0` AS `clicks`
FROM (
  SELECT `_k0`, `window_end` AS `_t`, COUNT(*) AS `m0`
  FROM TABLE(SESSION(TABLE `visits$rows` PARTITION BY (`_k0`), DESCRIPTOR(`_t`), INTERVAL '30' MINUTE))
  GROUP BY `_k0`, `window_start`, `window_end`
);
