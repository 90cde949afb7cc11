"""A photo becomes faces. Knows no gallery and no Telegram."""

from typing import TYPE_CHECKING, Any

from startwin.face.engine import Face, FaceEngine

if TYPE_CHECKING:
    from startwin.face.pool import FacePool

__all__ = ["Face", "FaceEngine", "FacePool"]


def __getattr__(name: str) -> Any:
    """The pool once it is asked for: it brings settings and metrics, which no worker needs."""
    if name == "FacePool":
        from startwin.face.pool import FacePool  # noqa: PLC0415

        return FacePool
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
