"""Who of several people of one name is meant: told by facts, never guessed."""

from collections.abc import Mapping, Sequence

from startwin.gallery.catalog import Listed
from startwin.gallery.fetch.finding import Kind, Outcome
from startwin.gallery.fetch.sources.item import Item, folded

SMALL_WORDS = frozenset(["the", "and", "for", "from", "with", "von", "des", "der", "die", "les"])
SHORTEST = 3
"""Letters of a word that says something of a role."""

SHOWN = 10
"""Candidates that are told."""


def choose(
    listed: Listed, candidates: Sequence[Item], callings: Mapping[str, frozenset[str]]
) -> Item | Outcome:
    """Choose the one who is meant.

    A year of birth that fits decides, together with the role if several were born in it. Without
    one, the role has to fit if the catalogue has it. Somebody of whom neither can be said is
    taken only if the catalogue has no facts and there is nobody else of that name.

    Args:
        listed: what the catalogue says.
        candidates: the people who bear the name.
        callings: the words for occupations and positions, by their ids.
    """
    if not candidates:
        return Outcome(Kind.MISSING, "nobody of that name is known to Wikidata")
    told = tuple(str(candidate) for candidate in candidates[:SHOWN])
    left = list(candidates)
    year, role = listed.birth_year, words(listed.person.role or "")
    if year is not None:
        born_then = [each for each in left if year in each.born]
        if len(born_then) == 1:
            return born_then[0]
        left = born_then or [each for each in left if not each.born]
        if not left:
            return Outcome(Kind.AMBIGUOUS, f"nobody of that name was born in {year}", told)
    if role:
        left = [each for each in left if role & _words_of(each, callings)]
        if not left:
            return Outcome(Kind.AMBIGUOUS, f"nobody of them is {listed.person.role}", told)
    if len(left) == 1 and (role or year is None):
        return left[0]
    return Outcome(Kind.AMBIGUOUS, "who is meant?", tuple(map(str, left[:SHOWN])))


def words(text: str) -> set[str]:
    """The words that say something."""
    return {word for word in folded(text).split() if len(word) >= SHORTEST} - SMALL_WORDS


def _words_of(item: Item, callings: Mapping[str, frozenset[str]]) -> set[str]:
    found = words(item.description)
    for calling in item.callings:
        found |= callings.get(calling, frozenset())
    return found
