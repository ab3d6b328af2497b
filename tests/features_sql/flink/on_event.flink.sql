-- velocity
-- payments: columns: exact
-- payments: WATERMARK: exact with delay: times have milliseconds there, and which late rows count depends on when a watermark is sent
-- payments: idle.timeout: exact with delay: a source of which every partition is idle waits there for its next row
-- payments: connector: exact: where times are written as 2026-01-31 23:59:59.999; what is a dead letter here ends the job there
-- velocity: ENTITY: exact
-- velocity: WHERE: exact
-- velocity: EMIT: exact with delay: rows are written once Flink's watermark has passed them
-- velocity: WINDOW w5m: exact
-- velocity: WINDOW life: exact
-- velocity: WINDOW at_shop: exact
-- velocity: WINDOW _w0: exact
-- velocity: payment_id: exact
-- velocity: amount: exact
-- velocity: payments_5m: exact
-- velocity: failed_5m: exact
-- velocity: shops: exact
-- velocity: at_shop: exact
-- velocity: most: exact
-- velocity: QUALIFY: exact
CREATE TABLE `payments` (
  `payment_id` BIGINT,
  `card` STRING,
  `shop` STRING,
  `amount` DECIMAL(12, 2),
  `ok` BOOLEAN,
  `ts` TIMESTAMP(3),
  WATERMARK FOR `ts` AS `ts` - INTERVAL '5.002' SECOND(2, 3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'payments',
  'properties.bootstrap.servers' = '...',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'scan.watermark.idle-timeout' = '10000 ms'
);

CREATE TEMPORARY VIEW `velocity` AS
SELECT
  `_k0` AS `card`,
  `_t` AS `ts`,
  `r1` AS `payment_id`,
  `r2` AS `amount`,
  `m0` AS `payments_5m`,
  CAST(CAST(`m1` AS DOUBLE) / CAST(NULLIF(`m0`, 0) AS DOUBLE) AS DOUBLE) AS `failed_5m`,
  `m2` AS `shops`,
  `m3` AS `at_shop`,
  `m4` AS `most`
FROM (
  SELECT *, MAX(`x0`) OVER `_w0` AS `m4`
  FROM (
    SELECT
      *,
      CAST(COUNT(CASE WHEN `r0` IS NOT NULL THEN 1 END) OVER `at_shop` AS DOUBLE) * 60000000 / 10368000000000 AS `m3`
    FROM (
      SELECT *, COUNT(DISTINCT `x1`) OVER `life` AS `m2`
      FROM (
        SELECT *, COUNT(*) OVER `w5m` AS `m0`, SUM(CASE WHEN `f0` THEN `x0` END) OVER `w5m` AS `m1`
        FROM (
          SELECT
            `payments`.`card` AS `_k0`,
            `payments`.`ts` AS `_t`,
            `payments`.`shop` AS `r0`,
            `payments`.`payment_id` AS `r1`,
            `payments`.`amount` AS `r2`,
            NOT `payments`.`ok` AS `f0`,
            `payments`.`amount` AS `x0`,
            `payments`.`shop` AS `x1`
          FROM `payments` AS `payments`
          WHERE `payments`.`card` IS NOT NULL AND (`payments`.`amount` BETWEEN 0.01 AND 1000)
        )
        WINDOW `w5m` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN INTERVAL '299.999' SECOND(3, 3) PRECEDING AND CURRENT ROW)
      )
      WINDOW `life` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
    WINDOW `at_shop` AS (PARTITION BY `_k0`, `r0` ORDER BY `_t` RANGE BETWEEN INTERVAL '119 23:59:59.999' DAY(3) TO SECOND(3) PRECEDING AND CURRENT ROW)
  )
  WINDOW `_w0` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW)
)
WHERE `m0` > 1;

-- flow
-- payments: columns: exact
-- payments: WATERMARK: exact with delay: times have milliseconds there, and which late rows count depends on when a watermark is sent
-- payments: idle.timeout: exact with delay: a source of which every partition is idle waits there for its next row
-- payments: connector: exact: where times are written as 2026-01-31 23:59:59.999; what is a dead letter here ends the job there
-- velocity: ENTITY: exact
-- velocity: WHERE: exact
-- velocity: EMIT: exact with delay: rows are written once Flink's watermark has passed them
-- velocity: WINDOW w5m: exact
-- velocity: WINDOW life: exact
-- velocity: WINDOW at_shop: exact
-- velocity: WINDOW _w0: exact
-- velocity: payment_id: exact
-- velocity: amount: exact
-- velocity: payments_5m: exact
-- velocity: failed_5m: exact
-- velocity: shops: exact
-- velocity: at_shop: exact
-- velocity: most: exact
-- velocity: QUALIFY: exact
-- refunds: columns: exact
-- refunds: WATERMARK: exact with delay: times have milliseconds there, and which late rows count depends on when a watermark is sent
-- refunds: connector: refused: files are read there in no order, which makes rows late: bring them to a topic
-- flow: UNION ALL: exact
-- flow: ENTITY: exact
-- flow: EMIT: exact with delay: rows are written once Flink's watermark has passed them
-- flow: WINDOW _w0: exact
-- flow: WINDOW _w1: exact
-- flow: moved: exact
-- flow: mean: exact
CREATE TABLE `payments` (
  `payment_id` BIGINT,
  `card` STRING,
  `shop` STRING,
  `amount` DECIMAL(12, 2),
  `ok` BOOLEAN,
  `ts` TIMESTAMP(3),
  WATERMARK FOR `ts` AS `ts` - INTERVAL '5.002' SECOND(2, 3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'payments',
  'properties.bootstrap.servers' = '...',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'scan.watermark.idle-timeout' = '10000 ms'
);

CREATE TEMPORARY VIEW `velocity` AS
SELECT
  `_k0` AS `card`,
  `_t` AS `ts`,
  `r1` AS `payment_id`,
  `r2` AS `amount`,
  `m0` AS `payments_5m`,
  CAST(CAST(`m1` AS DOUBLE) / CAST(NULLIF(`m0`, 0) AS DOUBLE) AS DOUBLE) AS `failed_5m`,
  `m2` AS `shops`,
  `m3` AS `at_shop`,
  `m4` AS `most`
FROM (
  SELECT *, MAX(`x0`) OVER `_w0` AS `m4`
  FROM (
    SELECT
      *,
      CAST(COUNT(CASE WHEN `r0` IS NOT NULL THEN 1 END) OVER `at_shop` AS DOUBLE) * 60000000 / 10368000000000 AS `m3`
    FROM (
      SELECT *, COUNT(DISTINCT `x1`) OVER `life` AS `m2`
      FROM (
        SELECT *, COUNT(*) OVER `w5m` AS `m0`, SUM(CASE WHEN `f0` THEN `x0` END) OVER `w5m` AS `m1`
        FROM (
          SELECT
            `payments`.`card` AS `_k0`,
            `payments`.`ts` AS `_t`,
            `payments`.`shop` AS `r0`,
            `payments`.`payment_id` AS `r1`,
            `payments`.`amount` AS `r2`,
            NOT `payments`.`ok` AS `f0`,
            `payments`.`amount` AS `x0`,
            `payments`.`shop` AS `x1`
          FROM `payments` AS `payments`
          WHERE `payments`.`card` IS NOT NULL AND (`payments`.`amount` BETWEEN 0.01 AND 1000)
        )
        WINDOW `w5m` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN INTERVAL '299.999' SECOND(3, 3) PRECEDING AND CURRENT ROW)
      )
      WINDOW `life` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
    WINDOW `at_shop` AS (PARTITION BY `_k0`, `r0` ORDER BY `_t` RANGE BETWEEN INTERVAL '119 23:59:59.999' DAY(3) TO SECOND(3) PRECEDING AND CURRENT ROW)
  )
  WINDOW `_w0` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW)
)
WHERE `m0` > 1;

CREATE TABLE `refunds` (
  `card` STRING,
  `amount` DECIMAL(12, 2),
  `at` STRING,
  `ts` AS CAST(`at` AS TIMESTAMP(3)),
  WATERMARK FOR `ts` AS `ts` - INTERVAL '0.002' SECOND(2, 3)
) WITH (
  'connector' = '...'
);

CREATE TEMPORARY VIEW `flow` AS
SELECT `_k0` AS `card`, `_t` AS `ts`, `m0` AS `moved`, `m1` AS `mean`
FROM (
  SELECT
    *,
    CAST(SUM(CAST(`x1` AS DOUBLE)) OVER `_w1` AS DOUBLE) / CAST(COUNT(`x1`) OVER `_w1` AS DOUBLE) AS `m1`
  FROM (
    SELECT *, SUM(`x0`) OVER `_w0` AS `m0`
    FROM (
      SELECT `u`.`card` AS `_k0`, `u`.`ts` AS `_t`, `u`.`amount` AS `x0`, CAST(`u`.`amount` AS DOUBLE) AS `x1`
      FROM (
        SELECT CAST(`velocity`.`card` AS STRING) AS `card`, CAST(`velocity`.`amount` AS DECIMAL(12, 2)) AS `amount`, `velocity`.`ts` AS `ts` FROM `velocity` AS `velocity`
        UNION ALL
        SELECT CAST(`refunds`.`card` AS STRING) AS `card`, CAST(-`refunds`.`amount` AS DECIMAL(12, 2)) AS `amount`, `refunds`.`ts` AS `ts` FROM `refunds` AS `refunds` WHERE `refunds`.`amount` > 0
      ) AS `u`
      WHERE `u`.`card` IS NOT NULL
    )
    WINDOW `_w0` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN INTERVAL '0 00:59:59.999' DAY(2) TO SECOND(3) PRECEDING AND CURRENT ROW)
  )
  WINDOW `_w1` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
);

-- flow_v1
-- payments: columns: exact
-- payments: WATERMARK: exact with delay: times have milliseconds there, and which late rows count depends on when a watermark is sent
-- payments: idle.timeout: exact with delay: a source of which every partition is idle waits there for its next row
-- payments: connector: exact: where times are written as 2026-01-31 23:59:59.999; what is a dead letter here ends the job there
-- velocity: ENTITY: exact
-- velocity: WHERE: exact
-- velocity: EMIT: exact with delay: rows are written once Flink's watermark has passed them
-- velocity: WINDOW w5m: exact
-- velocity: WINDOW life: exact
-- velocity: WINDOW at_shop: exact
-- velocity: WINDOW _w0: exact
-- velocity: payment_id: exact
-- velocity: amount: exact
-- velocity: payments_5m: exact
-- velocity: failed_5m: exact
-- velocity: shops: exact
-- velocity: at_shop: exact
-- velocity: most: exact
-- velocity: QUALIFY: exact
-- refunds: columns: exact
-- refunds: WATERMARK: exact with delay: times have milliseconds there, and which late rows count depends on when a watermark is sent
-- refunds: connector: refused: files are read there in no order, which makes rows late: bring them to a topic
-- flow: UNION ALL: exact
-- flow: ENTITY: exact
-- flow: EMIT: exact with delay: rows are written once Flink's watermark has passed them
-- flow: WINDOW _w0: exact
-- flow: WINDOW _w1: exact
-- flow: moved: exact
-- flow: mean: exact
-- flow_v1: SELECT: exact
CREATE TABLE `payments` (
  `payment_id` BIGINT,
  `card` STRING,
  `shop` STRING,
  `amount` DECIMAL(12, 2),
  `ok` BOOLEAN,
  `ts` TIMESTAMP(3),
  WATERMARK FOR `ts` AS `ts` - INTERVAL '5.002' SECOND(2, 3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'payments',
  'properties.bootstrap.servers' = '...',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'scan.watermark.idle-timeout' = '10000 ms'
);

CREATE TEMPORARY VIEW `velocity` AS
SELECT
  `_k0` AS `card`,
  `_t` AS `ts`,
  `r1` AS `payment_id`,
  `r2` AS `amount`,
  `m0` AS `payments_5m`,
  CAST(CAST(`m1` AS DOUBLE) / CAST(NULLIF(`m0`, 0) AS DOUBLE) AS DOUBLE) AS `failed_5m`,
  `m2` AS `shops`,
  `m3` AS `at_shop`,
  `m4` AS `most`
FROM (
  SELECT *, MAX(`x0`) OVER `_w0` AS `m4`
  FROM (
    SELECT
      *,
      CAST(COUNT(CASE WHEN `r0` IS NOT NULL THEN 1 END) OVER `at_shop` AS DOUBLE) * 60000000 / 10368000000000 AS `m3`
    FROM (
      SELECT *, COUNT(DISTINCT `x1`) OVER `life` AS `m2`
      FROM (
        SELECT *, COUNT(*) OVER `w5m` AS `m0`, SUM(CASE WHEN `f0` THEN `x0` END) OVER `w5m` AS `m1`
        FROM (
          SELECT
            `payments`.`card` AS `_k0`,
            `payments`.`ts` AS `_t`,
            `payments`.`shop` AS `r0`,
            `payments`.`payment_id` AS `r1`,
            `payments`.`amount` AS `r2`,
            NOT `payments`.`ok` AS `f0`,
            `payments`.`amount` AS `x0`,
            `payments`.`shop` AS `x1`
          FROM `payments` AS `payments`
          WHERE `payments`.`card` IS NOT NULL AND (`payments`.`amount` BETWEEN 0.01 AND 1000)
        )
        WINDOW `w5m` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN INTERVAL '299.999' SECOND(3, 3) PRECEDING AND CURRENT ROW)
      )
      WINDOW `life` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
    WINDOW `at_shop` AS (PARTITION BY `_k0`, `r0` ORDER BY `_t` RANGE BETWEEN INTERVAL '119 23:59:59.999' DAY(3) TO SECOND(3) PRECEDING AND CURRENT ROW)
  )
  WINDOW `_w0` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW)
)
WHERE `m0` > 1;

CREATE TABLE `refunds` (
  `card` STRING,
  `amount` DECIMAL(12, 2),
  `at` STRING,
  `ts` AS CAST(`at` AS TIMESTAMP(3)),
  WATERMARK FOR `ts` AS `ts` - INTERVAL '0.002' SECOND(2, 3)
) WITH (
  'connector' = '...'
);

CREATE TEMPORARY VIEW `flow` AS
SELECT `_k0` AS `card`, `_t` AS `ts`, `m0` AS `moved`, `m1` AS `mean`
FROM (
  SELECT
    *,
    CAST(SUM(CAST(`x1` AS DOUBLE)) OVER `_w1` AS DOUBLE) / CAST(COUNT(`x1`) OVER `_w1` AS DOUBLE) AS `m1`
  FROM (
    SELECT *, SUM(`x0`) OVER `_w0` AS `m0`
    FROM (
      SELECT `u`.`card` AS `_k0`, `u`.`ts` AS `_t`, `u`.`amount` AS `x0`, CAST(`u`.`amount` AS DOUBLE) AS `x1`
      FROM (
        SELECT CAST(`velocity`.`card` AS STRING) AS `card`, CAST(`velocity`.`amount` AS DECIMAL(12, 2)) AS `amount`, `velocity`.`ts` AS `ts` FROM `velocity` AS `velocity`
        UNION ALL
        SELECT CAST(`refunds`.`card` AS STRING) AS `card`, CAST(-`refunds`.`amount` AS DECIMAL(12, 2)) AS `amount`, `refunds`.`ts` AS `ts` FROM `refunds` AS `refunds` WHERE `refunds`.`amount` > 0
      ) AS `u`
      WHERE `u`.`card` IS NOT NULL
    )
    WINDOW `_w0` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN INTERVAL '0 00:59:59.999' DAY(2) TO SECOND(3) PRECEDING AND CURRENT ROW)
  )
  WINDOW `_w1` AS (PARTITION BY `_k0` ORDER BY `_t` RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
);

CREATE TEMPORARY VIEW `flow_v1` AS
SELECT
  `card`,
  `ts`,
  CAST(`f`.`moved` AS DECIMAL(38, 2)) AS `moved`,
  CAST(COALESCE(`f`.`moved`, 0) AS DECIMAL(38, 2)) AS `known`
FROM `flow` AS `f`;
