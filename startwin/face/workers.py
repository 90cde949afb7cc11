"""Who reads faces: processes of this machine, or of a cluster. Those who use them need not know."""

from collections.abc import Callable
from concurrent.futures import Future
from importlib.util import find_spec
from typing import Concatenate, ParamSpec, Protocol, Self, TypeVar

from startwin.errors import SettingsError
from startwin.face.engine import FaceEngine
from startwin.face.pool import TRIES, FacePool
from startwin.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


class FaceWorkers(Protocol):
    """What reads faces: a photo goes in, and the future of what is made of it comes out."""

    def start(self) -> None:
        """Wait until photos can be read."""

    def stop(self) -> None:
        """End at once; results not there yet are cancelled."""

    def __enter__(self) -> Self:
        """Start."""

    def __exit__(self, *_: object) -> None:
        """Stop."""

    @property
    def size(self) -> int:
        """How many workers there are, at least 1; it may change from one moment to the next."""

    @property
    def ready(self) -> int:
        """How many could read a photo at this moment."""

    def submit(
        self, task: Callable[Concatenate[FaceEngine, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have a worker call ``task(engine, *args, **kwargs)``; see `FacePool.submit`."""


def configured(
    settings: Settings, at_most: int = 256, tries: int = TRIES, insists: bool = False
) -> FaceWorkers:
    """The workers that the operator wants.

    Args:
        settings: ``face_cluster`` says where they are.
        at_most: how many photos there are.
        tries: of how many workers' deaths a photo is given up.
        insists: whether a cluster that is out of reach at the start is an error; else the
            machine's own processes stand in for it.

    Raises:
        SettingsError: there is to be a cluster, but what it needs is not installed.
    """
    here = FacePool.configured(settings, at_most, tries)
    if settings.face_cluster is None:
        return here
    if find_spec("ray") is None:
        raise SettingsError(
            "FACE_CLUSTER needs Ray, which is not installed: "
            "run `.venv/bin/python -m pip install -r requirements-cluster.txt`"
        )
    from startwin.face.cluster.pool import ClusterPool  # noqa: PLC0415 - only who wants it pays
    from startwin.face.cluster.standby import Standby  # noqa: PLC0415
    from startwin.face.cluster.terms import Terms  # noqa: PLC0415

    return Standby(ClusterPool(settings.face_cluster, Terms.of(settings, tries)), here, insists)
