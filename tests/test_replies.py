"""startwin.chat.replies: texts, filled in and escaped."""

import re
import tomllib
from pathlib import Path

import pytest

from startwin.chat.replies import Replies
from startwin.gallery import Likeness, Person
from startwin.matcher import Match
from tests.conftest import ROOT

TEXTS = sorted((ROOT / "startwin/chat/texts").glob("*.toml"))


def match(percent: float = 87.3, faces: int = 1, **person: str) -> Match:
    star = Person(**{"name": "Grace Hopper", "alias": "grace-hopper", **person})  # type: ignore[arg-type]
    return Match(faces, [Likeness(star, 0.5, percent)])


def test_caption() -> None:
    assert Replies().match(match()) == "You and <b>Grace Hopper</b> are 87% alike"


def test_several_faces_are_mentioned() -> None:
    first, second = Replies().match(match(faces=3)).split("\n")
    assert first.startswith("You and")
    assert "3 faces" in second


def test_link_template_takes_the_alias_quoted() -> None:
    replies = Replies(link_template="https://example.org/person/{alias}?a=1&b=2")
    assert '<a href="https://example.org/person/%D1%82%D0%B8?a=1&amp;b=2">Ти</a>' in replies.match(
        match(name="Ти", alias="ти")
    )


def test_own_link_goes_before_the_template() -> None:
    replies = Replies(link_template="https://example.org/{alias}")
    assert '"https://own.example/"' in replies.match(match(link="https://own.example/"))


def test_names_are_escaped() -> None:
    caption = Replies().match(match(name="<i>R&B</i> {star} \0"))
    assert "<b>&lt;i&gt;R&amp;B&lt;/i&gt; {star} \0</b>" in caption


@pytest.mark.parametrize(
    ("percent", "smallest", "shown"),
    [(99.6, 0, "100%"), (49.5, 0, "50%"), (0.2, 0, "0%"), (3.0, 12.0, "12%"), (80.0, 12.0, "80%")],
)
def test_percent_is_rounded_and_kept_above_the_smallest(
    percent: float, smallest: float, shown: str
) -> None:
    assert f"are {shown} alike" in Replies(min_similarity=smallest).match(match(percent))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_texts_are_telegrams_html(path: Path) -> None:
    texts = tomllib.loads(path.read_text("utf-8"))
    for text in texts.values():
        tags = re.findall(r"</?(\w+)", text)
        assert set(tags) <= {"b", "i", "a", "code"}
        assert len(tags) % 2 == 0
        assert "&" not in re.sub(r"&(lt|gt|amp|quot);", "", text)
