"""A section of the results: a table in words, and what is drawn of it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

mpl.rcParams["svg.hashsalt"] = "StarTwin"  # the same figures give the same file


@dataclass
class Section:
    """One part of the results.

    Attributes:
        text: Markdown.
        plots: SVG files by name; the text does not name them.
    """

    text: str
    plots: dict[str, bytes] = field(default_factory=dict)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown, which reads well on a terminal too; numbers are the caller's to format.

    Args:
        head: the columns' names.
        rows: as many cells each.
    """
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds with three digits that count."""
    thousandths = 1000 * seconds
    return f"{thousandths:,.0f} ms" if thousandths >= 100 else f"{thousandths:.3g} ms"  # noqa: PLR2004


def bars(title: str, unit: str, rows: Mapping[str, Mapping[str, float]], stacked: bool) -> bytes:
    """A picture of horizontal bars, as SVG.

    Args:
        title: above it.
        unit: of the numbers.
        rows: the numbers by row and, within it, by what the colours mean.
        stacked: whether a row's numbers add up, or stand below each other.
    """
    figure = Figure(figsize=(8, 0.8 + 0.5 * len(rows)), layout="constrained")
    axes = figure.subplots()
    kinds = list(next(iter(rows.values())))
    thickness = 0.8 if stacked else 0.8 / len(kinds)
    for number, kind in enumerate(kinds):
        values = [row[kind] for row in rows.values()]
        before = [sum(list(row.values())[:number]) for row in rows.values()]
        axes.barh(
            [place + (0 if stacked else number * thickness) for place in range(len(rows))],
            values,
            thickness,
            left=before if stacked else 0,
            label=kind,
        )
    middle = 0 if stacked else 0.4 - thickness / 2
    axes.set_yticks([place + middle for place in range(len(rows))], list(rows))
    axes.invert_yaxis()
    axes.set_xlabel(unit)
    return _finished(figure, axes, title)


def lines(
    title: str, across: str, up: str, rows: Mapping[str, Sequence[tuple[float, float]]]
) -> bytes:
    """A picture of lines, as SVG; the axis that goes up begins at 0.

    Args:
        title: above it.
        across: what goes from left to right, or its unit.
        up: what goes up, or its unit.
        rows: the points by what the colours mean.
    """
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    for name, points in rows.items():
        axes.plot(*zip(*points, strict=True), label=name)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    return _finished(figure, axes, title)


def _finished(figure: Figure, axes: Axes, title: str) -> bytes:
    axes.set_title(title, loc="left")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()
