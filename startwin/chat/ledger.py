"""What is told of each request when it has come to its end: an event, and the metrics."""

import hashlib
import hmac
import os
import secrets
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telegram.error import TelegramError

from startwin import journal
from startwin.chat.requests.request import Request
from startwin.errors import PhotoError, SettingsError
from startwin.journal import metrics
from startwin.journal.events import Events
from startwin.journal.stopwatch import Stopwatch
from startwin.matcher import Match

KEY_BYTES = 32
HASH_DIGITS = 16
"""Hexadecimal ones: that two of a million chats are alike has a probability of 3e-8."""


@dataclass
class _Account:
    watch: Stopwatch = field(default_factory=Stopwatch)
    facts: dict[str, Any] = field(default_factory=dict)


class Ledger:
    """Keeps an account of each request until its end. Safe to use from many threads.

    Args:
        events: are written there.
        data_dir: keeps the key by which chats are known; made if it is not there.

    Raises:
        SettingsError: the key cannot be read or written.
    """

    def __init__(self, events: Events, data_dir: Path) -> None:
        self._log = journal.log("chat")
        self._events = events
        self._key = _key(data_dir / "journal.key")
        self._lock = threading.Lock()
        self._accounts: dict[int, _Account] = {}

    def begin(self, request: Request) -> None:
        """A request is taken up."""
        metrics.REQUESTS.labels(request.kind).inc()
        self._account(request)

    def watch(self, request: Request) -> Stopwatch:
        """Measures the stages of a request's answer."""
        return self._account(request).watch

    def begin_turn(self, request: Request) -> None:
        """A request's turn has come."""
        waited = max(0.0, time.time() - request.received)
        self._account(request).watch.add({"waiting": waited})

    def trouble(self, request: Request, error: Exception) -> str:
        """A request cannot be answered as it should be; returns the key of what to say."""
        key = error.text_key if isinstance(error, PhotoError) else "trouble.unforeseen"
        outcome = key.rpartition(".")[2]
        # A foreign error may tell anything, such as the numbers that a picture is made of.
        is_ours = isinstance(error, PhotoError | TelegramError)
        kind = type(error).__name__
        self.note(request, outcome=outcome, error=f"{kind}: {error}" if is_ours else kind)
        if isinstance(error, PhotoError):
            self._log.info("photo without a likeness", reason=kind)
        elif isinstance(error, TelegramError):
            self._log.warning("a photo could not be fetched", error=str(error))
        else:
            frames = [*traceback.format_tb(error.__traceback__), *getattr(error, "__notes__", ())]
            self._log.error(f"a request could not be answered: {kind}\n{''.join(frames)}")
        return key

    def likeness(self, request: Request, match: Match, rank: int) -> None:
        """What a request's card shows: the likeness of a rank, 0 for the nearest."""
        likeness = match.likenesses[rank]
        self.note(
            request,
            outcome="card",
            alias=likeness.person.alias,
            distance=round(likeness.distance, 3),
            percent=round(likeness.percent),
            rank=rank,
            faces=len(match.sight.places),
            gallery=match.gallery.build,
        )

    def note(self, request: Request, **facts: Any) -> None:
        """Remember what is to be told; later facts take the place of earlier ones."""
        self._account(request).facts.update(facts)

    def end(self, request: Request, outcome: str | None = None) -> None:
        """A request is done, and told.

        Args:
            request: a request; told once, however often it ends.
            outcome: what became of it, if that was not noted.
        """
        with self._lock:
            account = self._accounts.pop(request.update, None)
        if account is None:
            return
        facts = account.facts
        if outcome is not None:
            facts["outcome"] = outcome
        total = max(0.0, time.time() - request.received)
        metrics.ANSWERS.labels(request.kind, facts.setdefault("outcome", "said")).inc()
        metrics.ANSWER_SECONDS.labels(request.kind).observe(total)
        metrics.FACES.inc(facts.get("faces", 0))
        for stage, taken in account.watch.seconds.items():
            metrics.STAGE_SECONDS.labels(stage).observe(taken)
        seconds = {**account.watch.seconds, "total": total}
        if facts["outcome"] == "card" and "alias" in facts:
            log = {name: facts[name] for name in ("alias", "distance", "percent", "faces")}
            self._log.info("photo answered", **log, seconds=round(total, 2))
        self._events.write(
            "answer",
            kind=request.kind.value,
            chat=self.chat(request.chat),
            group=request.chat < 0,
            language=request.language,
            **facts,
            seconds={stage: round(taken, 4) for stage, taken in seconds.items()},
        )

    def chat(self, chat: int) -> str:
        """How a chat is named in the journal: always alike, and nobody can tell who it is."""
        digest = hmac.new(self._key, str(chat).encode(), hashlib.sha256).hexdigest()
        return digest[:HASH_DIGITS]

    def _account(self, request: Request) -> _Account:
        with self._lock:
            return self._accounts.setdefault(request.update, _Account())


def _key(file: Path) -> bytes:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            draft = file.with_suffix(f".{os.getpid()}")
            draft.touch(0o600)
            draft.write_bytes(secrets.token_bytes(KEY_BYTES))
            draft.replace(file)
        key = file.read_bytes()
    except OSError as error:
        raise SettingsError(f"DATA_DIR: {file} cannot be used: {error.strerror}") from None
    if len(key) != KEY_BYTES:
        raise SettingsError(f"DATA_DIR: {file} is damaged: delete it, and chats get new names")
    return key
