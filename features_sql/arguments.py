"""The shape of an aggregate call: how many arguments, which words beside them, what its constants are."""

from __future__ import annotations

from dataclasses import replace

from .calls import Call
from .diagnostics import refuse
from .durations import parse_duration
from .signatures import SIGNATURES, WITHIN_GROUP
from .statements import Fragment, Name

DAY = 86_400_000_000
# The blocks of 512 half-lives in which decayed sums are kept must fit the range of instants.
LONGEST = 36_525 * DAY
_WHAT = {
    "rate": "rate's unit of time",
    "decayed_count": "the half-life of decayed_count",
    "decayed_sum": "the half-life of decayed_sum",
    "ewma": "the half-life of ewma",
}


def within_group(call: Call) -> Call:
    """Return a call with WITHIN GROUP as the plain call it stands for; refuse those that mean nothing."""
    within = call.within
    if within is None:
        return call
    if call.name.key not in WITHIN_GROUP:
        hint = f"{call.name.text} follows the total order of the events"
        raise refuse(within.span, "WITHIN GROUP is for quantiles and mode", hint)
    given = 0 if call.name.key == "mode" else 1
    form = f"{call.name.text}({'0.5' if given else ''}) WITHIN GROUP (ORDER BY x) OVER w"
    if len(call.arguments) != given or call.star is not None:
        count = len(call.arguments) + (call.star is not None)
        raise refuse(call.span, f"{call.name.text} cannot take {_arguments(count)} beside WITHIN GROUP", form)
    if within.descending:
        raise refuse(
            within.span, "WITHIN GROUP goes from the smallest value up", "take the quantile 1 - q in its place"
        )
    name = Name(WITHIN_GROUP[call.name.key], call.name.span)
    return replace(call, name=name, arguments=(within.expression, *call.arguments), within=None)


def check_shape(call: Call, function: str) -> None:
    """Refuse a call whose arguments or words the aggregate ``function`` does not take."""
    signature, star = SIGNATURES[function], call.star is not None
    form = signature.form
    if call.star is not None and function not in ("count", "rate"):
        raise refuse(call.star, "* may stand only in count(*) and rate(*, ...)", "name the column")
    if call.distinct and (not signature.distinct or star):
        raise refuse(call.span, f"{call.name.text} takes no DISTINCT", form)
    if call.distinct and not call.arguments:
        raise refuse(call.span, "DISTINCT needs a column", form)
    if call.distinct and function.startswith("arg_") and len(call.arguments) > 2:
        raise refuse(call.span, f"{call.name.text} takes no DISTINCT beside a number of values", form)
    given = len(call.arguments) + (star and function == "rate")
    if star and function == "count" and call.arguments:
        raise refuse(call.span, "count(*) takes nothing else", form)
    if not signature.fewest <= given <= signature.most:
        raise refuse(call.span, f"{call.name.text} cannot take {_arguments(given)}", form)
    _check_null_words(call, function)


def _check_null_words(call: Call, function: str) -> None:
    if call.nulls is None:
        return
    signature = SIGNATURES[function]
    if call.star is not None or not call.arguments or not signature.columns or function == "since_last":
        raise refuse(call.nulls, f"{call.nulls.text} needs a column", signature.form)
    if call.nulls.text.upper().startswith("RESPECT") and not signature.keeps_nulls:
        hint = f"give NULL a value: {call.name.text}(coalesce(x, 0)) OVER w"
        raise refuse(call.nulls, f"{call.name.text} skips NULL", hint)


def _arguments(count: int) -> str:
    return f"{count} argument{'s' if count != 1 else ''}"


def whole_number(fragment: Fragment, call: Call, function: str) -> int:
    """Return a whole number from 1 to 999,999,999, written as such."""
    token = fragment.tokens[0]
    if (
        len(fragment.tokens) > 1
        or token.kind != "number"
        or not token.text.isdigit()
        or not 0 < int(token.text) < 10**9
    ):
        message = f"{call.name.text} keeps a whole number of values, at least 1"
        raise refuse(fragment.span, message, SIGNATURES[function].form)
    return int(token.text)


def duration(fragment: Fragment, function: str) -> int:
    """Return a quoted length of time in µs, longer than nothing."""
    token, what = fragment.tokens[0], _WHAT[function]
    if len(fragment.tokens) > 1 or not token.text.startswith("'"):
        raise refuse(fragment.span, f"{what} must be a quoted length of time", SIGNATURES[function].form)
    length = parse_duration(token.text[1:-1], fragment.span)
    if length <= 0:
        raise refuse(fragment.span, f"{what} must be longer than nothing")
    if length > LONGEST:
        raise refuse(fragment.span, f"{what} must be at most {LONGEST // DAY} days")
    return length
