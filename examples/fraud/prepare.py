"""A simulation of card payments: nothing in it is real. Thieves change their ways, and fraud is reported days later."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

DAY = 86_400
FIRST_DAY = np.datetime64("2025-01-01")
#: From this day on thieves buy little by little, at shops that were safe until then.
CHANGE = 75
DAYS = 120

# Kind of shop, share of honest payments, of thefts before and after the change, median amount.
_KINDS = (
    ("grocery", 0.34, 0.02, 0.10, 38.0),
    ("fuel", 0.16, 0.03, 0.05, 45.0),
    ("restaurant", 0.22, 0.02, 0.08, 27.0),
    ("travel", 0.06, 0.24, 0.02, 210.0),
    ("electronics", 0.08, 0.45, 0.05, 130.0),
    ("digital", 0.14, 0.24, 0.70, 14.0),
)
_SHOPS = 240
_THEFTS_A_DAY_AND_CARD = 0.0025
_REPORTED = 0.9
_MEDIAN_DAYS_TO_REPORT = 3.0


@dataclass(frozen=True)
class Counts:
    """Rows written: payments, those that are fraud, and chargebacks."""

    payments: int
    frauds: int
    chargebacks: int


def prepare(folder: Path, seed: int = 0, cards: int = 600, days: int = DAYS) -> Counts:
    """Write payments and chargebacks by week and the table of shops; the same arguments give the same bytes.

    Payments are a row each: payment_id, card_id, shop_id, amount, approved, online, paid_at. A theft is a burst of
    payments by somebody else. Chargebacks (payment_id, is_fraud, known_at) come days after the payment, for nine
    frauds in ten; one of 2,000 honest payments is charged back too. Nothing says of a payment that it was honest.
    """
    rng = np.random.default_rng(seed)
    shops = _shops(rng)
    honest, stolen = _honest(rng, shops, cards, days), _stolen(rng, shops, cards, days)
    rows = {name: np.concatenate([honest[name], stolen[name]]) for name in honest}
    order = np.argsort(rows["at"], kind="stable")
    rows = {name: column[order] for name, column in rows.items()}
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "tables", "shops", shops.table())
    _write_weeks(folder / "payments", _payments(rows), rows["at"])
    known, table = _chargebacks(rng, rows, days)
    _write_weeks(folder / "chargebacks", table, known)
    return Counts(len(order), int(rows["fraud"].sum()), len(table))


@dataclass(frozen=True)
class _Shops:
    kinds: Whole
    risk: Floats

    def table(self) -> pa.Table:
        names = np.array([name for name, *_ in _KINDS])
        ids = [f"s{place:03}" for place in range(_SHOPS)]
        since = np.full(_SHOPS, FIRST_DAY - np.timedelta64(365, "D")).astype("datetime64[us]")
        return pa.table({"shop_id": ids, "kind": names[self.kinds], "valid_from": since})

    def pick(self, rng: np.random.Generator, kinds: Whole, weights: Floats) -> Whole:
        """Return a shop of each kind, chosen by weight."""
        chosen = np.zeros(len(kinds), np.int64)
        for kind in range(len(_KINDS)):
            places, here = np.flatnonzero(self.kinds == kind), kinds == kind
            share = weights[places] / weights[places].sum()
            chosen[here] = rng.choice(places, int(here.sum()), p=share)
        return chosen


def _shops(rng: np.random.Generator) -> _Shops:
    kinds = np.arange(_SHOPS) % len(_KINDS)
    return _Shops(kinds, rng.pareto(1.5, _SHOPS) + 0.2)


def _honest(rng: np.random.Generator, shops: _Shops, cards: int, days: int) -> dict[str, Any]:
    """Payments of the owners: each has a pace, a level of spending and a home kind of shop."""
    pace, level = rng.gamma(3.0, 0.35, cards), rng.normal(0, 0.35, cards)
    card = np.repeat(np.arange(cards), rng.poisson(pace * days))
    count = len(card)
    kinds = rng.choice(len(_KINDS), count, p=_shares(1))
    hour = np.clip(rng.normal(14.5, 4.0, count), 0, 23.99)
    at = rng.integers(0, days, count) * DAY + hour * 3600
    amount = _median(kinds) * np.exp(level[card] + rng.normal(0, 0.55, count))
    shop = shops.pick(rng, kinds, rng.pareto(1.2, _SHOPS) + 0.1)
    online = rng.random(count) < np.where(kinds == 5, 0.95, 0.15)
    return _columns(card, shop, amount, rng.random(count) < 0.97, online, at, np.zeros(count, np.bool_))


def _stolen(rng: np.random.Generator, shops: _Shops, cards: int, days: int) -> dict[str, Any]:
    """Bursts of payments by thieves: quick, dear, often declined; after the change small, slow and online."""
    thefts = rng.poisson(_THEFTS_A_DAY_AND_CARD * cards * days)
    begins, of = rng.uniform(0, days, thefts), rng.integers(0, cards, thefts)
    # The change takes two weeks: some learn the new way early, some late.
    new = begins + rng.uniform(-7, 7, thefts) > CHANGE
    lengths = 3 + rng.poisson(np.where(new, 6.0, 4.0))
    burst = np.repeat(np.arange(thefts), lengths)
    late = new[burst]
    gaps = rng.exponential(np.where(late, 5400.0, 150.0))
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    passed = np.cumsum(gaps) - np.repeat(np.cumsum(gaps)[first] if thefts else gaps[:0], lengths)
    kinds = np.where(
        late,
        rng.choice(len(_KINDS), len(burst), p=_shares(3)),
        rng.choice(len(_KINDS), len(burst), p=_shares(2)),
    )
    amount = np.where(late, 0.7, 2.4) * _median(kinds) * np.exp(rng.normal(0, 0.4, len(burst)))
    approved = rng.random(len(burst)) < np.where(late, 0.95, 0.7)
    weights = np.where(np.arange(_SHOPS) % 7 == 0, 8.0, 1.0) * shops.risk
    shop = shops.pick(rng, kinds, weights)
    online = late | (rng.random(len(burst)) < 0.5)
    at = begins[burst] * DAY + passed
    inside = at < days * DAY
    columns = _columns(of[burst], shop, amount, approved, online, at, np.ones(len(burst), np.bool_))
    return {name: column[inside] for name, column in columns.items()}


def _columns(card: Whole, shop: Whole, amount: Floats, approved: Any, online: Any, at: Floats, fraud: Any) -> Any:
    names = ("card", "shop", "amount", "approved", "online", "at", "fraud")
    return dict(zip(names, (card, shop, np.round(amount, 2), approved, online, np.floor(at), fraud), strict=True))


def _shares(column: int) -> Floats:
    held = np.array([float(kind[column]) for kind in _KINDS])
    return held / held.sum()


def _median(kinds: Whole) -> Floats:
    return np.array([float(kind[4]) for kind in _KINDS])[kinds]


def _payments(rows: Mapping[str, Any]) -> pa.Table:
    return pa.table(
        {
            "payment_id": np.arange(len(rows["at"])),
            "card_id": [f"c{card:04}" for card in rows["card"].tolist()],
            "shop_id": [f"s{shop:03}" for shop in rows["shop"].tolist()],
            "amount": rows["amount"],
            "approved": rows["approved"],
            "online": rows["online"],
            "paid_at": _times(rows["at"]),
        }
    )


def _chargebacks(rng: np.random.Generator, rows: Mapping[str, Any], days: int) -> tuple[Floats, pa.Table]:
    """Return when each chargeback is known, in order, and the rows."""
    fraud = rows["fraud"]
    charged = np.where(fraud, rng.random(len(fraud)) < _REPORTED, rng.random(len(fraud)) < 1 / 2000)
    delay = _MEDIAN_DAYS_TO_REPORT * np.exp(rng.normal(0, 0.5, len(fraud)))
    known = np.floor(rows["at"] + np.maximum(delay, 0.1) * DAY)
    places = np.flatnonzero(charged & (known < days * DAY))
    places = places[np.argsort(known[places], kind="stable")]
    told = pa.table(
        {"payment_id": places, "is_fraud": np.ones(len(places), np.bool_), "known_at": _times(known[places])}
    )
    return known[places], told


def _times(seconds: Floats) -> npt.NDArray[np.datetime64]:
    return FIRST_DAY.astype("datetime64[us]") + (seconds * 1e6).astype("timedelta64[us]")


def _write(folder: Path, name: str, table: pa.Table) -> None:
    folder.mkdir(exist_ok=True)
    pq.write_table(table, folder / f"{name}.parquet")


def _write_weeks(folder: Path, table: pa.Table, seconds: Floats) -> None:
    weeks = (seconds // (7 * DAY)).astype(np.int64)
    for week in np.unique(weeks).tolist():
        _write(folder, f"week_{week:02}", table.filter(pa.array(weeks == week)))


def main(arguments: list[str]) -> int:
    """Prepare the folder that the command line names; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m headrace.examples.fraud.prepare DIR", file=sys.stderr)
        return 2
    counts = prepare(Path(arguments[0]))
    print(f"{counts.payments:,} payments, {counts.frauds:,} of them fraud, {counts.chargebacks:,} chargebacks")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
