"""Was the promise kept? The evidence where it was not, and a report of what happened."""

import re
from collections import Counter
from functools import cached_property
from urllib.parse import quote

from startwin.sandbox import Sandbox
from startwin.sandbox.objects import JsonObject
from tests.chaos.crowd import Crowd, Sent
from tests.chaos.keeper import Keeper

REPEATED = re.compile(r"an answer may arrive twice\b.*\bupdate=(\d+)")

WORKING = 0.5
"""The part of the portraits that get a card at least: apologies alone would keep the promise."""


class Verdict:
    """What came of a run.

    Args:
        crowd: what was sent, and the answers.
        dealt: the blows, by kind.
        keeper: the bots that ran.
        leftovers: processes that were left behind.
        sandbox: what was called.
    """

    def __init__(
        self,
        crowd: Crowd,
        dealt: Counter[str],
        keeper: Keeper,
        leftovers: list[str],
        sandbox: Sandbox,
    ) -> None:
        self._crowd, self._dealt, self._keeper = crowd, dealt, keeper
        self._leftovers, self._sandbox = leftovers, sandbox
        self._logs, self._unfinished = keeper.logs, keeper.unfinished()
        self._uncertain = keeper.uncertain()

    @cached_property
    def answers(self) -> dict[Sent, list[JsonObject]]:
        """By what they answer."""
        return self._crowd.answers()

    @cached_property
    def repeated(self) -> Counter[int]:
        """How many sends of each update the bot has counted as maybe one too many."""
        return Counter(int(number) for log in self._logs for number in REPEATED.findall(log))

    @cached_property
    def violations(self) -> list[str]:
        """Where the promise was broken, with the evidence; none is right."""
        found = list(self._keeper.faults)
        for sent, answers in self.answers.items():
            allowed = 1 + self.repeated[sent.update_id]
            if not answers:
                found.append(self._evidence(sent, "no answer"))
            elif len(answers) > allowed:
                found.append(self._evidence(sent, f"{len(answers)} answers, allowed: {allowed}"))
            found += [
                self._evidence(sent, f"wrong answer: {_words(answer)!r}")
                for answer in answers
                if not _is_right(answer, sent)
            ]
        found += [f"answers nothing: {_words(answer)!r}" for answer in self._crowd.strays()]
        found += [f"left behind: {process}" for process in self._leftovers]
        if self._unfinished:
            found.append(f"left in the inbox: {self._unfinished}")
        if self._extra() > self._uncertain:
            found.append(f"{self._extra()} answers too many, {self._uncertain} counted")
        for number, log in enumerate(self._logs):
            secrets = (self._sandbox.token, quote(self._sandbox.token, safe=""))
            if any(secret in log for secret in secrets):
                found.append(f"bot-{number}.log has the token in it")
            if "Traceback" in log:
                begin = log.index("Traceback")
                found.append(f"bot-{number}.log: {log[max(0, begin - 300) : begin + 3000]}")
        if self._cards() < WORKING * self._portraits():
            found.append(f"only {self._cards()} of {self._portraits()} portraits got a card")
        return found

    @property
    def report(self) -> str:
        """What happened, for people."""
        doubles = [sent for sent, answers in self.answers.items() if len(answers) > 1]
        said: Counter[str] = Counter(
            "a card" if "photo" in answer else _words(answer)
            for answers in self.answers.values()
            for answer in answers
        )
        lines = [
            f"{len(self.answers)} photos, {len(self._logs)} bots one after another",
            *(f"  {number:5}  {kind}" for kind, number in sorted(self._dealt.items()) if number),
            f"{said.total()} answers",
            *(f"  {number:5}  {words}" for words, number in said.most_common()),
            f"{len(doubles)} photos with more than one answer; "
            f"{self.repeated.total()} repetitions told in the logs, of {len(self.repeated)} "
            f"updates; {self._uncertain} counted in the inbox",
            f"{len(self.violations)} violations",
            *self.violations,
        ]
        return "\n".join(lines)

    def _extra(self) -> int:
        return sum(len(answers) - 1 for answers in self.answers.values() if answers)

    def _portraits(self) -> int:
        return sum(_is_portrait(sent) for sent in self.answers)

    def _cards(self) -> int:
        return sum(
            any("photo" in answer for answer in answers) for answers in self.answers.values()
        )

    def _evidence(self, sent: Sent, what: str) -> str:
        """All that is known of a photo."""
        calls = [
            f"{call.at:.2f} {call.method} {dict(call.parameters)}"
            for call in self._sandbox.telegram.calls()
            if call.parameters.get("chat_id") == str(sent.chat.id)
            and call.parameters.get("reply_to_message_id") == str(sent.message_id)
        ]
        lines = [
            f"bot-{number}: {line}"
            for number, log in enumerate(self._logs)
            for line in log.splitlines()
            if str(sent.update_id) in line
        ]
        known = [*(_words(answer) for answer in self.answers[sent]), *calls, *lines]
        head = f"update {sent.update_id} ({sent.picture.name}, chat {sent.chat.id}, "
        return "\n    ".join([f"{head}message {sent.message_id}): {what}", *known])


def _words(answer: JsonObject) -> str:
    return str(answer.get("caption") or answer.get("text")).replace("\n", " ")


def _is_right(answer: JsonObject, sent: Sent) -> bool:
    """A portrait's card names who it shows; anything else is words."""
    return "photo" not in answer or (_is_portrait(sent) and sent.picture.words in _words(answer))


def _is_portrait(sent: Sent) -> bool:
    return sent.picture.words == sent.picture.name
