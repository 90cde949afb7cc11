"""The link to a cluster: a process of its own, and the only one that has Ray in it.

Ray takes over signals, starts threads, ends its process when it loses the cluster for long, and a
client that lost its connection cannot always make another one. None of that reaches the program:
the pool ends a link that does not do well, and starts the next one.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import warnings
from contextlib import suppress
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

from startwin.face.cluster.messages import Fault
from startwin.face.cluster.passage import ENVIRONMENT
from startwin.face.cluster.terms import Terms
from startwin.face.serving import STOP_SIGNALS, die_with_parent

REACHED_WITHIN = 5.0
"""Seconds to get through to the cluster's address at all."""

SECRETS = ("TELEGRAM_TOKEN", "WEBHOOK_SECRET")


def serve(calls: Connection, answers: Connection, address: str, terms: Terms) -> None:
    """What the process does, from its first moment to its last.

    Args:
        calls: a `Call` after another; when it ends, so does the process.
        answers: a `Message` after another.
        address: as the setting FACE_CLUSTER has it.
        terms: what stations are held to.
    """
    threading.Thread(target=die_with_parent, daemon=True).start()
    for secret in SECRETS:
        os.environ.pop(secret, None)
    os.environ |= ENVIRONMENT
    # Ray prints about workers that die, and has no switch for that; we tell it in our own words.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    # gRPC's threads end with a traceback when the cluster does; the pool says it in a sentence.
    threading.excepthook = lambda _: None
    warnings.simplefilter("ignore")  # Ray's advice to use its object store
    fault = _connect(address)
    for number in STOP_SIGNALS:  # which Ray has taken over
        signal.signal(number, signal.SIG_IGN)
    if fault is None:
        from startwin.face.cluster.hub import Hub  # noqa: PLC0415 - it has Ray in it, too

        with suppress(OSError):
            fault = asyncio.run(Hub(calls, answers, terms).run())
    if fault is not None:
        with suppress(OSError):
            answers.send(fault)
    else:
        import ray  # noqa: PLC0415

        ray.shutdown()  # then the stations end at once
    os._exit(0)


def _connect(address: str) -> Fault | None:
    if address != "auto":
        at = urlsplit(address if "://" in address else f"//{address}")
        try:
            socket.create_connection((at.hostname, at.port), REACHED_WITHIN).close()
        except OSError as error:
            return Fault(f"the cluster at {address} cannot be reached: {error}", is_refusal=False)
    import ray  # noqa: PLC0415 - what this process is for

    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except ConnectionError as error:
        return Fault(f"the cluster at {address} cannot be reached: {first_words(error)}", False)
    except Exception as error:  # noqa: BLE001 - told in a sentence, whatever Ray raises
        return Fault(f"the cluster at {address} cannot be joined: {first_words(error)}", True)
    return None


def first_words(error: Exception) -> str:
    """What an error of Ray's says, without its drawings and stacks."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines)[:300] or type(error).__name__
