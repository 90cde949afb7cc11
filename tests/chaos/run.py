"""A run of chaos from its first photo to the verdict."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from startwin.sandbox import Sandbox
from tests.chaos.crowd import Crowd
from tests.chaos.havoc import TIMEOUT, Havoc
from tests.chaos.keeper import Keeper
from tests.chaos.verdict import Verdict
from tests.conftest import DEADLINE

PATIENCE = 150
"""Seconds without any answer. A worker that is stopped while it loads is given up after 120."""


@dataclass(frozen=True)
class Plan:
    """What a run is like.

    Attributes:
        photos: how many are sent, at least.
        blows: how many times something goes wrong meanwhile.
        seed: the same one deals the same blows, though never at the same moments.
        people: who send.
    """

    photos: int
    blows: int
    seed: int
    people: int = 40


def chaos(plan: Plan, assets: Path, folder: Path) -> Verdict:
    """Send photos while everything fails; then let one bot finish undisturbed, and judge.

    Args:
        plan: what the run is like.
        assets: a built gallery.
        folder: for logs and data.
    """
    with Sandbox() as sandbox, ThreadPoolExecutor(1) as sender:
        keeper = Keeper(folder, _settings(sandbox, assets))
        crowd = Crowd(sandbox.telegram, plan.people, plan.seed)
        havoc = Havoc(sandbox, keeper, plan.seed)
        try:
            keeper.start()
            sandbox.telegram.wait_for_poll(DEADLINE)
            sending = sender.submit(crowd.send, plan.photos, lambda: havoc.progress)
            havoc.deal(plan.blows)
            sending.result()
            _settle(sandbox, keeper, crowd)
            keeper.stop()
            left = keeper.leftovers()
        finally:
            keeper.end()
    # Only now: what the bot has given up may take effect until the sandbox is closed.
    return Verdict(crowd, havoc.dealt, keeper, left, sandbox)


def _settings(sandbox: Sandbox, assets: Path) -> dict[str, str]:
    return {
        "TELEGRAM_TOKEN": sandbox.token,
        "TELEGRAM_API_URL": sandbox.url,
        "ASSETS_DIR": str(assets.absolute()),
        "WORKERS": "2",
        "PHOTO_TIMEOUT": "5",
        "CONNECT_TIMEOUT": str(TIMEOUT),
        "READ_TIMEOUT": str(TIMEOUT),
        "SEND_TIMEOUT": str(TIMEOUT),
        "POLL_TIMEOUT": "3",
        "STOP_TIMEOUT": "5",
    }


def _settle(sandbox: Sandbox, keeper: Keeper, crowd: Crowd) -> None:
    """Wait until nothing is left to answer, or until nothing happens any more.

    All may be answered while the last bot still starts: one that Python has only just begun to
    load dies of SIGTERM, as every program does.
    """

    def waiting() -> tuple[bool, int, int]:
        keeper.tend()
        return not keeper.is_up, len(crowd.unanswered()), keeper.unfinished()

    now = waiting()
    while any(now) and _wait(sandbox, lambda: waiting() != now):  # noqa: B023 - called at once
        now = waiting()


def _wait(sandbox: Sandbox, condition: Callable[[], bool]) -> bool:
    return sandbox.telegram.bell.wait_for(condition, PATIENCE)
