"""Comments as descriptions: which comment stands beside or above what."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from .tokens import Comment, Script, Token


def beside(script: Script, parts: Sequence[Sequence[Token]]) -> list[str]:
    """Return the description of each part of a comma list.

    A comment belongs to the part it is inside of, else to the part that ends before it on the same line
    (the comma may stand between), else to the part that starts right after it.
    """
    found: list[list[str]] = [[] for _ in parts]
    filled = [(i, part) for i, part in enumerate(parts) if part]
    if not filled:
        return ["" for _ in parts]
    all_starts, starts = script.token_starts, [part[0].start for _, part in filled]
    for comment in _near(script, filled[0][1][0], filled[-1][1][-1]):
        at = bisect_right(starts, comment.start) - 1
        before = filled[at] if at >= 0 else None
        if before and (comment.start < before[1][-1].end or _follows(script, before[1][-1], comment)):
            found[before[0]].append(comment.text)
        elif at + 1 < len(filled):
            after = filled[at + 1]
            following = bisect_left(all_starts, comment.end)
            if following < len(all_starts) and all_starts[following] == after[1][0].start:
                found[after[0]].append(comment.text)
    return [" ".join(word for word in words if word) for words in found]


def _near(script: Script, first: Token, last: Token) -> Sequence[Comment]:
    """Return the comments from those right above ``first`` to those on the line of ``last``."""
    before = bisect_left(script.token_starts, first.start) - 1
    begin = script.tokens[before].end if before >= 0 else 0
    end = script.plain.find("\n", last.end)
    stop = bisect_left(script.comment_starts, end) if end >= 0 else len(script.comments)
    return script.comments[bisect_left(script.comment_starts, begin) : stop]


def _follows(script: Script, last: Token, comment: Comment) -> bool:
    gap = script.plain[last.end : comment.start]
    return "\n" not in gap and gap.strip() in ("", ",")


def above(script: Script, first: Token, floor: int) -> str:
    """Return the words of the comments right above a statement, none of which starts before ``floor``.

    A blank line ends them, and so does text on the comment's own line.
    """
    words, end = list[str](), first.start
    stop = bisect_left(script.comment_starts, first.start)
    for comment in reversed(script.comments[bisect_left(script.comment_starts, floor) : stop]):
        gap = script.source.text[comment.end : end]
        line_start = script.source.text.rfind("\n", 0, comment.start) + 1
        alone = not script.plain[line_start : comment.start].strip()
        if gap.strip() or gap.count("\n") > 1 or not alone:
            break
        words.append(comment.text)
        end = comment.start
    return " ".join(word for word in reversed(words) if word)
