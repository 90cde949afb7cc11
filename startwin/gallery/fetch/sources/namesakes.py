"""Who of several people of one name is meant: told by facts, never guessed."""

import re
from collections.abc import Mapping, Sequence

from startwin.gallery.catalog import Listed
from startwin.gallery.fetch.finding import Kind, Outcome
from startwin.gallery.fetch.sources.item import Item, folded

SHOWN = 10
"""Candidates that are told."""

_BEHIND = re.compile(r"\b(?:of|by|who|from|in|for|at|with|to)\b.*|[(;:].*", re.S)
"""In a description, what stands behind says nothing of the person's own calling: "father of the
singer" is no singer."""

_BETWEEN = re.compile(r"[,/&]|\band\b")


def choose(
    listed: Listed, candidates: Sequence[Item], callings: Mapping[str, frozenset[str]]
) -> Item | Outcome:
    """Choose the one who is meant.

    Whoever was born in another year or has another calling is not meant. Of the others, the only
    one whose year of birth fits is; where no year is known, the only one whose calling fits.
    Somebody of whom neither can be said is taken only if the catalogue has no facts and there is
    nobody else of that name.

    Args:
        listed: what the catalogue says.
        candidates: the people who bear the name.
        callings: the names of occupations and positions, folded, by their ids.
    """
    if not candidates:
        return Outcome(Kind.MISSING, "nobody of that name is known to Wikidata")
    year, role = listed.birth_year, listed.person.role
    left = [
        each
        for each in candidates
        if _is_born_in(each, year) is not False and _is(each, role, callings) is not False
    ]
    if not left:
        facts = " and ".join([*([role] if role else []), *([f"born in {year}"] if year else [])])
        return _ambiguous(f"nobody of that name is {facts}", candidates)
    born_then = [each for each in left if _is_born_in(each, year)]
    of_that_role = [each for each in left if _is(each, role, callings)]
    sure = born_then or of_that_role or ([] if year or role else left)
    return sure[0] if len(sure) == 1 else _ambiguous("who is meant?", left)


def _ambiguous(why: str, candidates: Sequence[Item]) -> Outcome:
    return Outcome(Kind.AMBIGUOUS, why, tuple(map(str, candidates[:SHOWN])))


def _is_born_in(item: Item, year: int | None) -> bool | None:
    """None where nothing is known."""
    if year is None:
        return None
    if item.born:
        return year in item.born
    too_late = bool(item.died) and year > max(item.died)
    elsewhen = bool(item.born_about) and not any(a <= year <= b for a, b in item.born_about)
    return False if too_late or elsewhen else None


def _is(item: Item, role: str | None, callings: Mapping[str, frozenset[str]]) -> bool | None:
    """Whether somebody has a calling; None where nothing is known."""
    wanted = _phrases(role or "")
    known = {name for calling in item.callings for name in callings.get(calling, ())}
    known |= _phrases(_BEHIND.sub("", item.description))
    if not (wanted and known):
        return None
    return any(_agree(one, other) for one in wanted for other in known)


def _phrases(text: str) -> set[str]:
    """The callings that a text names, folded."""
    return {folded(part) for part in _BETWEEN.split(text) if folded(part).strip()}


def _agree(one: str, other: str) -> bool:
    """Whether one calling ends like the other: "actor" and "American film actor" do."""
    shorter, longer = sorted([f" {one}", f" {other}"], key=len)
    return longer.endswith(shorter)
