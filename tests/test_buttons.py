"""startwin.chat.buttons: what is offered below an answer."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from telegram import InlineKeyboardButton

from startwin.chat.buttons import MOST_FACES, MOST_LIKENESSES, Press, answer_buttons
from startwin.chat.replies import Replies
from startwin.face.sight import Sight
from startwin.gallery import Gallery, Likeness, Person
from startwin.gallery.search.graph import Graph
from startwin.gallery.similarity import Similarity
from startwin.matcher import Match

NOBODYS = Gallery(
    [], Graph.build(np.eye(1, 128, dtype=np.float32)), Similarity(0.6, 0.05, "gallery")
)
"""The buttons ask it nothing."""


def buttons(
    faces: int = 1, likenesses: int = MOST_LIKENESSES, press: Press | None = None
) -> list[InlineKeyboardButton]:
    press = press or Press()
    frame = np.zeros((600, 480, 3), dtype=np.uint8)
    places = tuple(range(faces, 0, -1))  # the main face is the rightmost
    sight = Sight(places, press.face, np.zeros(128, dtype=np.float32), frame)
    people = [Likeness(Person(f"N & {n}", f"n{n}"), 0.5, 80.4) for n in range(likenesses)]
    match = Match(sight, people, NOBODYS)
    keyboard = answer_buttons(match, press, Replies(), "TwinBot")
    return [button for row in keyboard.inline_keyboard for button in row]


def presses(faces: int = 1, likenesses: int = 5, press: Press | None = None) -> list[Press]:
    data = [button.callback_data for button in buttons(faces, likenesses, press)]
    read = [Press.read(str(each)) for each in data if each]
    assert None not in read
    return [each for each in read if each is not None]


def test_next_leafs_through_the_stars_and_back_to_the_first() -> None:
    press = Press()
    seen = []
    for _ in range(MOST_LIKENESSES):
        (press,) = presses(press=press)
        seen.append(press.rank)
    assert seen == [1, 2, 3, 4, 0]
    assert buttons(press=Press(0, 4))[0].text == "Back to the first"


def test_only_star_has_no_next() -> None:
    assert presses(likenesses=1) == []


def test_every_other_face_has_a_button_from_left_to_right() -> None:
    assert presses(faces=3)[1:] == [Press(2), Press(1)]
    assert [button.text for button in buttons(faces=3)[1:3]] == [
        "Face 1 from the left",
        "Face 2 from the left",
    ]
    assert presses(faces=3, press=Press(2, 1)) == [Press(2, 2), Press(1), Press(0)]


def test_buttons_for_faces_are_bounded() -> None:
    assert len(presses(faces=40)) == 1 + MOST_FACES - 1


def test_share_carries_words_and_the_link_to_the_bot() -> None:
    link = urlsplit(str(buttons()[-1].url))
    assert (link.netloc, link.path) == ("t.me", "/share/url")
    shared = parse_qs(link.query)
    assert shared["url"] == ["https://t.me/TwinBot"]
    assert shared["text"] == ["I am 80% like N & 0! Which star are you like?"]


@pytest.mark.parametrize("data", [None, "", "see", "see 0", "see 9 0", "see 0 5", "see -1 0", "x"])
def test_data_of_other_buttons_says_nothing(data: str | None) -> None:
    assert Press.read(data) is None
