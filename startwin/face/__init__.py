"""A photo becomes faces. Knows no gallery and no Telegram."""

from startwin.face.engine import Face, FaceEngine
from startwin.face.pool import FacePool

__all__ = ["Face", "FaceEngine", "FacePool"]
