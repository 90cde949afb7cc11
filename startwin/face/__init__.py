"""A photo becomes faces. Knows no gallery and no Telegram."""

from typing import TYPE_CHECKING, Any

from startwin.face.engine import Face, FaceEngine

if TYPE_CHECKING:
    from startwin.face.pool import FacePool
    from startwin.face.workers import FaceWorkers

__all__ = ["Face", "FaceEngine", "FacePool", "FaceWorkers"]


def __getattr__(name: str) -> Any:
    """The workers once they are asked for: they bring settings and metrics, which none needs."""
    if name == "FacePool":
        from startwin.face.pool import FacePool  # noqa: PLC0415

        return FacePool
    if name == "FaceWorkers":
        from startwin.face.workers import FaceWorkers  # noqa: PLC0415

        return FaceWorkers
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
