"""What the pool and its link tell each other."""

from typing import NamedTuple


class Call(NamedTuple):
    """To the link: have this done.

    Attributes:
        number: by which the pool knows it.
        content: task and arguments, pickled.
    """

    number: int
    content: bytes


class Beat(NamedTuple):
    """From the link, each second: it lives.

    Attributes:
        workers: how many are ready.
        pending: nodes that will have some, as far as one can tell.
    """

    workers: int
    pending: int


class Done(NamedTuple):
    """From the link: what came of a call, a pickled `startwin.face.process.Reply`."""

    number: int
    reply: bytes


class Lost(NamedTuple):
    """From the link: nobody will answer this call, and it is not the call's fault."""

    number: int


class Fault(NamedTuple):
    """From the link: what keeps it from a node, or from the whole cluster.

    Attributes:
        sentence: for the operator.
        is_refusal: whether waiting will not mend it.
    """

    sentence: str
    is_refusal: bool


Message = Beat | Done | Lost | Fault
