"""What changed in the chats that one person sees on the page."""

from collections.abc import Callable
from dataclasses import dataclass

from startwin.sandbox.chats import Chat
from startwin.sandbox.telegram import Telegram
from startwin.sandbox.transcript import Post
from startwin.sandbox.updates import BotStatus


@dataclass(frozen=True)
class News:
    """What changed.

    Attributes:
        revision: to be passed as `after` next time.
        posts: new, changed and deleted messages, in order within their chat.
        actions: what the bot is doing and for how many seconds more, by the chat's id.
        status: whether the bot polls.
    """

    revision: int
    posts: list[Post]
    actions: dict[int, tuple[str, float]]
    status: BotStatus


def wait_for_news(
    telegram: Telegram,
    chats: list[Chat],
    seen: tuple[int, str],
    timeout: float,
    hung_up: Callable[[], bool],
) -> News:
    """Waits until there is something after the revision or status `seen`, or the time is over."""
    after, status = seen

    def revision() -> int:
        people = [person.revision for chat in chats for person in chat.people]
        return max(*(chat.transcript.revision for chat in chats), *people)

    with telegram.bell:
        telegram.bell.wait_for(
            lambda: revision() > after or telegram.updates.status != status, timeout, hung_up
        )
        actions = {chat.id: chat.transcript.action() for chat in chats}
        return News(
            revision=revision(),
            posts=[post for chat in chats for post in chat.transcript.after(after)],
            actions={chat_id: action for chat_id, action in actions.items() if action},
            status=telegram.updates.status,
        )
