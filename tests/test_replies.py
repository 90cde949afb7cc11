"""startwin.chat.replies: texts in each language, filled in and escaped."""

import re
import tomllib
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest
from babel import Locale

from startwin import errors
from startwin.chat.replies import LANGUAGES, Replies, Translations
from startwin.chat.requests.router import COMMANDS
from startwin.errors import PhotoError
from startwin.gallery import Likeness, Person
from tests.conftest import ROOT

FOLDER = ROOT / "startwin/chat/texts"
PLURALS = {"films"}


def likeness(percent: float = 87.3, **person: Any) -> Likeness:
    star = Person(**{"name": "Grace Hopper", "alias": "grace-hopper", **person})
    return Likeness(star, 0.5, percent)


def leaves(texts: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """All texts by their keys, plural forms under the name of their table."""
    for name, value in texts.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield path + name, value


def read(language: str) -> dict[str, str]:
    return dict(leaves(tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))))


def test_caption_has_name_percent_and_words() -> None:
    first, words = Replies().caption(likeness()).split("\n")
    assert first == "You and <b>Grace Hopper</b> are 87% alike"
    assert words


def test_role_and_films_are_told_where_known() -> None:
    told = Replies().caption(likeness(role="actor & poet", n_movies=14)).split("\n")
    assert told[1] == "actor &amp; poet, 14 films"
    assert Replies().caption(likeness(n_movies=1)).split("\n")[1] == "1 film"
    assert len(Replies().caption(likeness(n_movies=0)).split("\n")) == 2


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "1 фильм"), (3, "3 фильма"), (5, "5 фильмов"), (11, "11 фильмов"), (21, "21 фильм")],
)
def test_russian_plurals(n: int, words: str) -> None:
    assert Replies("ru").caption(likeness(n_movies=n)).split("\n")[1] == words


def test_name_is_in_the_users_language_where_known() -> None:
    star = likeness(names={"ru": "Грейс Хоппер"})
    assert "<b>Грейс Хоппер</b>" in Replies("ru").caption(star)
    assert "<b>Grace Hopper</b>" in Replies("en").caption(star)


def test_words_go_by_bands() -> None:
    words = [Replies().caption(likeness(percent)).split("\n")[-1] for percent in range(101)]
    assert len(set(words)) == 5
    assert words == sorted(words, key=words.index)  # each band is one stretch


def test_link_template_takes_the_alias_quoted() -> None:
    replies = Replies(link_template="https://example.org/person/{alias}?a=1&b=2")
    assert (
        '<a href="https://example.org/person/%D1%82%D0%B8?a=1&amp;b=2">Ти</a>'
        in replies.caption(likeness(name="Ти", alias="ти"))
    )


def test_own_link_goes_before_the_template() -> None:
    replies = Replies(link_template="https://example.org/{alias}")
    assert '"https://own.example/"' in replies.caption(likeness(link="https://own.example/"))


def test_names_are_escaped() -> None:
    caption = Replies().caption(likeness(name="<i>R&B</i> {star} \0"))
    assert "<b>&lt;i&gt;R&amp;B&lt;/i&gt; {star} \0</b>" in caption


@pytest.mark.parametrize(
    ("percent", "smallest", "shown"),
    [(99.6, 0, "100%"), (49.5, 0, "50%"), (0.2, 0, "0%"), (3.0, 12.0, "12%"), (80.0, 12.0, "80%")],
)
def test_percent_is_rounded_and_kept_above_the_smallest(
    percent: float, smallest: float, shown: str
) -> None:
    assert f"are {shown} alike" in Replies(min_similarity=smallest).caption(likeness(percent))


@pytest.mark.parametrize(
    ("code", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("RU", "ru"), ("en-GB", "en"), ("de", "en"), (None, "en")],
)
def test_language_is_the_users_or_the_first(code: str | None, language: str) -> None:
    assert Translations().of(code).language == language


def test_every_file_is_a_language() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_values(language: str) -> None:
    def values(texts: dict[str, str]) -> dict[str, set[str | None]]:
        return {
            key: {name for _, name, _, _ in Formatter().parse(text) if name}
            for key, text in texts.items()
            if key.partition(".")[0] not in PLURALS
        }

    assert values(read(language)) == values(read(LANGUAGES[0]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", sorted(PLURALS))
def test_every_plural_has_the_forms_of_its_language(table: str, language: str) -> None:
    texts = {key: text for key, text in read(language).items() if key.startswith(f"{table}.")}
    assert {key.partition(".")[2] for key in texts} == {*Locale(language).plural_form.tags, "other"}
    assert all("{n}" in text for text in texts.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_telegrams_html(language: str) -> None:
    for text in read(language).values():
        tags = re.findall(r"</?(\w+)", text)
        assert set(tags) <= {"b", "i", "a", "code"}
        assert len(tags) % 2 == 0
        assert "&" not in re.sub(r"&(lt|gt|amp|quot);", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_toasts_and_commands_are_as_short_as_telegram_wants_them(language: str) -> None:
    for key, text in read(language).items():
        if key.startswith(("press.", "trouble.", "me.", "match_command.", "privacy.forgotten")):
            assert len(text) <= 200
        if key.startswith("command."):
            assert len(text) <= 256
    assert {f"command.{name}" for name in COMMANDS} == {
        key for key in read(language) if key.startswith("command.")
    }


def test_every_error_has_its_text() -> None:
    leaves = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    for kind in leaves:
        if issubclass(kind, PhotoError):
            assert Replies().text(kind.text_key)
