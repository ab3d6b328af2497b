"""New project folders: a small one that runs at once, or a copy of an example."""

from __future__ import annotations

import importlib.resources
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ...features_sql.errors import ConfigError
from .. import settings

_TOML = """\
# The project's name, and defaults. Every key is optional; the others are `batch_rows`, `snapshot_epochs`, `threads`
# and `durability`: a run with "memory" keeps all that it writes in memory, is quicker, and leaves nothing.
name = {name}

# What "now" is for an online read: the newest event (a replay, like this one) or the "wall" clock.
clock = "event"
"""

_FEATURES = """\
-- Events come from files. A row may be up to five minutes out of order; one that is later still is set aside.
-- 'bounded': the files that are there are all there is. Without it the folder is watched for new ones.

-- The shop's page views.
CREATE SOURCE page_views (
  visitor_id VARCHAR, page VARCHAR, amount DECIMAL(10,2), viewed_at TIMESTAMP,
  WATERMARK FOR viewed_at AS viewed_at - INTERVAL 5 MINUTES
) WITH ('connector' = 'files', 'path' = 'events/*.csv', 'format' = 'csv', 'bounded' = 'true');

-- What a visitor is doing: a row for each page view, and an answer for any instant between two.
CREATE FEATURE VIEW visitor_activity ENTITY visitor_id WITH ('owner' = 'shop', 'tags' = 'example') AS
SELECT
  page,                                                                      -- the page that was opened
  count(*)                              OVER visit    AS pages_in_visit,     -- pages of this visit so far
  last_n(page, 3)                       OVER visit    AS last_pages,         -- the last three pages of this visit
  count(*) FILTER (WHERE page = 'cart') OVER one_day  AS carts_24h,          -- looks at the cart in 24 hours
  sum(amount)                           OVER one_week AS spent_7d,           -- money spent in seven days
  since_last()                          OVER life     AS seconds_since_page  -- seconds since the page before
FROM page_views
WINDOW
  visit    AS (SESSION GAP 30 MINUTES),
  one_day  AS (SLIDING SIZE 24 HOURS),
  one_week AS (SLIDING SIZE 7 DAYS),
  life     AS (GLOBAL)
EMIT ON EVENT;

-- A visit that is over: a row once 30 minutes have passed without a page. Forgotten after 30 days.
CREATE FEATURE VIEW visits ENTITY visitor_id WITH ('owner' = 'shop', 'tags' = 'example', 'valid.for' = '30 days') AS
SELECT
  count(*)    OVER visit AS pages,  -- pages of the visit
  sum(amount) OVER visit AS spent   -- money spent in the visit
FROM page_views
WINDOW visit AS (SESSION GAP 30 MINUTES)
EMIT ON WINDOW CLOSE;

-- What an application or a model reads: a visitor's activity, and the visit before this one.
CREATE FEATURE SERVICE shopper AS
SELECT a.*, v.pages AS last_visit_pages, v.spent AS last_visit_spent
FROM visitor_activity a JOIN visits v USING (visitor_id);
"""

_EVENTS = """\
visitor_id,page,amount,viewed_at
ada,home,,2026-01-05 09:00:00
ada,shoes,,2026-01-05 09:02:10
ben,home,,2026-01-05 09:03:00
ada,cart,,2026-01-05 09:05:45
ben,books,,2026-01-05 09:07:30
ada,paid,59.90,2026-01-05 09:09:20
ben,books,,2026-01-05 09:12:00
ben,cart,,2026-01-05 09:20:15
cleo,home,,2026-01-05 18:30:00
cleo,garden,,2026-01-05 18:31:20
cleo,garden,,2026-01-05 18:45:00
ben,home,,2026-01-06 08:10:00
ben,cart,,2026-01-06 08:12:40
ben,paid,18.50,2026-01-06 08:15:00
ada,home,,2026-01-06 21:00:00
ada,books,,2026-01-06 21:04:30
cleo,home,,2026-01-06 21:06:00
ada,books,,2026-01-06 21:10:00
cleo,cart,,2026-01-06 21:20:00
cleo,paid,240.00,2026-01-06 21:41:00
ada,cart,,2026-01-06 21:39:59
ada,paid,32.00,2026-01-06 21:42:00
dan,home,,2026-01-08 12:00:00
dan,shoes,,2026-01-08 12:00:00
dan,shoes,,2026-01-08 12:03:00
ben,home,,2026-01-08 12:04:00
ben,garden,,2026-01-08 12:34:00
dan,cart,,2026-01-08 12:45:00
ada,home,,2026-01-12 09:04:00
ada,shoes,,2026-01-12 09:08:00
cleo,garden,,2026-01-13 20:00:00
"""

_TEST = """\
-- A pause of 30 minutes is still one visit; a look at the cart counts for 24 hours.
INSERT INTO page_views (visitor_id, page, viewed_at) VALUES
  ('eve', 'cart', '2026-02-01 09:00:00'),
  ('eve', 'home', '2026-02-01 09:30:00'),
  ('eve', 'home', '2026-02-02 09:00:00');

-- EXPECT names every row that a view or service writes, and the columns that matter here.
EXPECT visitor_activity (visitor_id, viewed_at, pages_in_visit, carts_24h, seconds_since_page) VALUES
  ('eve', '2026-02-01 09:00:00', 1, 1, NULL),
  ('eve', '2026-02-01 09:30:00', 2, 1, 30 * 60),
  ('eve', '2026-02-02 09:00:00', 1, 0, 23.5 * 3600);

EXPECT visits (visitor_id, as_of, pages) VALUES
  ('eve', '2026-02-01 10:00:00', 2),
  ('eve', '2026-02-02 09:30:00', 1);

-- EXPECT READ asks a service at instants of your own: the visitor has gone, the last visit is known.
EXPECT READ shopper (visitor_id, viewed_at, pages_in_visit, last_visit_pages) VALUES
  ('eve', '2026-02-01 09:45:00', 2, NULL),
  ('eve', '2026-02-01 12:00:00', 0, 2);
"""

_GITIGNORE = """\
.headrace/
offline/
"""


def create(folder: Path, example: str | None = None) -> tuple[str, ...]:
    """Make a project in ``folder`` and return the paths of its files, relative to it and sorted.

    ``example`` names a folder of the package's examples to copy; None writes a small shop with data of its own.
    The folder appears with everything in it, and ``headrace.toml`` comes last into one that is there already.
    Raises ConfigError for a folder that is not empty, lies inside a project or cannot be written.
    """
    folder = folder.absolute()
    around = next((one for one in folder.parents if (one / settings.FILE).is_file()), None)
    if around is not None:
        raise ConfigError(f"a new project needs a folder outside others; {folder} lies in the project {around}")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConfigError(f"a new project needs a folder that is empty or absent; {folder} has something in it")
        files = _shop(folder.name) if example is None else _example(example)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _write(folder, files)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be made: {error.strerror}") from error
    return tuple(sorted(files))


def _shop(name: str) -> dict[str, str]:
    return {
        settings.FILE: _TOML.format(name=json.dumps(name, ensure_ascii=False)),
        "features/shop.sql": _FEATURES,
        "events/2026-01.csv": _EVENTS,
        "tests/visits.sql": _TEST,
        ".gitignore": _GITIGNORE,
    }


def _example(name: str) -> dict[str, str]:
    """The text of an example's files, those that run it apart."""
    root = importlib.resources.files(__name__.partition(".")[0]) / "examples" / name
    files = {one.name: one.read_text(encoding="utf-8") for one in root.iterdir() if one.name.endswith((".md", ".toml"))}
    for one in (root / "features").iterdir():
        files[f"features/{one.name}"] = one.read_text(encoding="utf-8")
    return files | {".gitignore": _GITIGNORE}


def _write(folder: Path, files: Mapping[str, str]) -> None:
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for relative, text in files.items():
            path = staged / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        if not folder.exists():
            staged.chmod(0o755)
            staged.rename(folder)
            return
        # Not renamed over: a shell may stand in the folder.
        for path in sorted(staged.iterdir(), key=lambda path: (path.name == settings.FILE, path)):
            path.rename(folder / path.name)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
