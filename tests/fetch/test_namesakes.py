"""startwin.gallery.fetch.sources.namesakes: told apart by facts, never guessed."""

from dataclasses import replace

import pytest

from startwin.gallery.catalog import Listed
from startwin.gallery.fetch.finding import Kind, Outcome
from startwin.gallery.fetch.sources.item import Item, folded
from startwin.gallery.fetch.sources.namesakes import choose
from startwin.gallery.person import Person

CALLINGS = {
    "Q100": frozenset(["actor", "actress"]),
    "Q101": frozenset(["painter"]),
    "Q102": frozenset(["president of the united states"]),
    "Q103": frozenset(["basketball player"]),
}


def item(id_: str, born: int | None = None, calling: str = "", description: str = "") -> Item:
    years = frozenset() if born is None else frozenset([born])
    return Item(
        id=id_,
        label="Ada",
        description=description,
        names=frozenset(["ada"]),
        is_human=True,
        born=years,
        born_about=(),
        died=frozenset(),
        callings=(calling,),
        portrait="Ada.jpg",
    )


def chosen(*candidates: Item, role: str | None = None, year: int | None = None) -> str:
    """The one who is chosen, else what is told."""
    found = choose(Listed(Person("Ada", "ada", role), [], birth_year=year), candidates, CALLINGS)
    if isinstance(found, Outcome):
        return f"{found.kind.name}: {' '.join(each.partition(':')[0] for each in found.candidates)}"
    return found.id


ACTRESS = item("Q1", 1956, "Q100")
PAINTER = item("Q2", 1956, "Q101")
EARLIER = item("Q3", 1901, "Q100")
UNDATED = item("Q4", None, "Q100")
BLANK = item("Q5")


@pytest.mark.parametrize(
    ("candidates", "facts", "expected"),
    [
        ([], {}, "MISSING: "),
        ([ACTRESS], {}, "Q1"),
        ([BLANK], {}, "Q5"),
        ([ACTRESS, PAINTER], {}, "AMBIGUOUS: Q1 Q2"),
        ([ACTRESS, EARLIER], {"year": 1956}, "Q1"),
        ([ACTRESS, PAINTER, EARLIER], {"year": 1956}, "AMBIGUOUS: Q1 Q2"),
        ([ACTRESS, PAINTER, EARLIER], {"year": 1956, "role": "Painter"}, "Q2"),
        ([EARLIER], {"year": 1956, "role": "actress"}, "AMBIGUOUS: Q3"),
        ([EARLIER, UNDATED], {"year": 1956, "role": "actress"}, "Q4"),
        ([UNDATED], {"year": 1956}, "AMBIGUOUS: Q4"),
        ([UNDATED, BLANK], {"role": "actor"}, "Q4"),
        ([ACTRESS, EARLIER], {"role": "actor"}, "AMBIGUOUS: Q1 Q3"),
        ([ACTRESS], {"role": "painter"}, "AMBIGUOUS: Q1"),
        ([ACTRESS], {"role": "painter", "year": 1956}, "AMBIGUOUS: Q1"),
        ([UNDATED, PAINTER], {"role": "actor", "year": 1956}, "Q4"),
        ([ACTRESS, UNDATED], {"role": "actor", "year": 1956}, "Q1"),
        ([item("Q7", calling="Q103")], {"role": "tennis player"}, "AMBIGUOUS: Q7"),
        ([item("Q7", calling="Q103")], {"role": "player"}, "Q7"),
        (
            [item("Q8", description="American politician")],
            {"role": "American actor"},
            "AMBIGUOUS: Q8",
        ),
        ([item("Q9", description="father of the singer")], {"role": "singer"}, "AMBIGUOUS: Q9"),
        ([item("Q10", description="poet, singer and painter")], {"role": "singer"}, "Q10"),
        ([item("Q11", 1961, "Q102")], {"role": "president of the United States"}, "Q11"),
        ([item("Q12", description="film director")], {"role": "film actor"}, "AMBIGUOUS: Q12"),
        ([ACTRESS], {"role": "American film actress, producer"}, "Q1"),
        ([item("Q6", description="Danish painter"), ACTRESS], {"role": "painter"}, "Q6"),
    ],
)
def test_choice(candidates: list[Item], facts: dict[str, object], expected: str) -> None:
    assert chosen(*candidates, **facts) == expected  # type: ignore[arg-type]


def test_another_century_is_another_person() -> None:
    earlier = replace(item("Q1", calling="Q100"), born_about=((1600, 1800),))
    assert chosen(earlier, role="actor", year=1956) == "AMBIGUOUS: Q1"
    assert chosen(earlier, role="actor", year=1700) == "Q1"
    buried = replace(item("Q1", calling="Q100"), died=frozenset([1800]))
    assert chosen(buried, role="actor", year=1956) == "AMBIGUOUS: Q1"


def test_many_candidates_are_not_all_told() -> None:
    found = choose(
        Listed(Person("Ada", "ada"), []), [item(f"Q{n}") for n in range(1, 50)], CALLINGS
    )
    assert isinstance(found, Outcome)
    assert found.kind is Kind.AMBIGUOUS
    assert len(found.candidates) == 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Beyoncé", "BEYONCE"),
        ("Lupita Nyong'o", "Lupita Nyong’o"),
        ("J. K. Rowling", "J.K. Rowling"),
        ("Grace  Hopper", "grace hopper"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_names_without_letters_differ() -> None:
    assert folded("!!!") != folded("???")
