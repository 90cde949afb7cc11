"""What may become of a message besides being sent or refused."""


class NotYet(Exception):
    """What a send raises that is to be called again, before all others of its chat.

    Args:
        seconds: until then.
        told: Telegram itself has named the time.
    """

    def __init__(self, seconds: float, told: bool = False) -> None:
        super().__init__(seconds, told)
        self.seconds = seconds
        self.told = told


class Left(Exception):
    """The outcome of a message that the queue had not sent when it was stopped."""


class Dropped(Exception):
    """The outcome of a message that is not wanted any more."""
