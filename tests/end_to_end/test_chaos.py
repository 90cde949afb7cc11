"""No photo goes without an answer, whatever dies; `make chaos` does the same for longer."""

from pathlib import Path

import pytest

from tests.chaos.run import Plan, chaos


@pytest.mark.timeout(600)
def test_every_photo_is_answered_whatever_dies(assets: Path, tmp_path: Path) -> None:
    verdict = chaos(Plan(photos=140, blows=30, seed=2018), assets, tmp_path)
    assert not verdict.violations, verdict.report
