"""The buttons below an answer, and what a press on one of them says."""

import re
from typing import NamedTuple, Self
from urllib.parse import quote, urlencode

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from startwin.chat.replies import Replies
from startwin.gallery import Likeness
from startwin.matcher import Match

MOST_FACES = 6
"""Faces of a photo that can be chosen."""

MOST_LIKENESSES = 5
"""Stars that can be leafed through."""

FACES_A_ROW = 2
"""Their labels fit on a phone."""

FORGET = "forget"
"""The data of the button that deletes a user's counts."""


class Press(NamedTuple):
    """What is wanted of a photo; in a button's data, so that nothing need be remembered.

    Attributes:
        face: which of its faces, 0 for the main one.
        rank: which of the stars, 0 for the one most like it.
    """

    face: int = 0
    rank: int = 0

    def __str__(self) -> str:
        return f"see {self.face} {self.rank}"

    @classmethod
    def read(cls, data: str | None) -> Self | None:
        """What a button's data says; None if it is no such button's, or another version's."""
        found = re.fullmatch(r"see (\d) (\d)", data or "")
        if found is None or int(found[1]) >= MOST_FACES or int(found[2]) >= MOST_LIKENESSES:
            return None
        return cls(int(found[1]), int(found[2]))


def answer_buttons(
    match: Match, press: Press, replies: Replies, username: str
) -> InlineKeyboardMarkup:
    """The buttons below a card.

    Args:
        match: with the stars that can be leafed through.
        press: what is shown.
        replies: in the user's language.
        username: the bot's, for who is told of it.
    """
    rows = []
    if len(match.likenesses) > 1:
        rank = (press.rank + 1) % len(match.likenesses)
        label = replies.plain("button.next" if rank else "button.first")
        rows.append([_button(label, Press(press.face, rank))])
    others = [
        (place, _button(replies.plain("button.face", n=place), Press(face)))
        for face, place in enumerate(match.sight.places[:MOST_FACES])
        if face != press.face
    ]
    faces = [button for _, button in sorted(others, key=lambda other: other[0])]
    rows += [faces[begin : begin + FACES_A_ROW] for begin in range(0, len(faces), FACES_A_ROW)]
    link = _link(match.likenesses[press.rank], replies, username)
    rows.append([InlineKeyboardButton(replies.plain("button.share"), url=link)])
    return InlineKeyboardMarkup(rows)


def forget_button(replies: Replies) -> InlineKeyboardMarkup:
    """The button below what `/privacy` says."""
    label = replies.plain("privacy.forget")
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=FORGET)]])


def _button(label: str, press: Press) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=str(press))


def _link(likeness: Likeness, replies: Replies, username: str) -> str:
    """Telegram's page for sharing; see https://core.telegram.org/widgets/share."""
    star, percent = replies.name(likeness.person), replies.percent(likeness)
    words = replies.plain("share.text", star=star, percent=percent)
    shared = {"url": f"https://t.me/{username}", "text": words}
    return f"https://t.me/share/url?{urlencode(shared, quote_via=quote)}"
