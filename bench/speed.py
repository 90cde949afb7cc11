"""How long a photo takes, stage by stage, beside the article's way."""

from statistics import mean, median

from bench.photos import Probe
from bench.readings import Run, take_turns
from bench.table import milliseconds, table

BASELINE = "article"
STAGES = ("decode", "detect", "embed")


def speed(probes: list[Probe], rounds: int) -> str:
    """Tables of the time from bytes to embeddings over photos in which each pipeline sees a face.

    Args:
        probes: the photos.
        rounds: how often each is read.
    """
    runs = take_turns(probes * rounds)
    seen = [
        n
        for n in range(len(probes) * rounds)
        if all(run.readings[n].embeddings for run in runs.values())
    ]
    whole = {name: [run.readings[n].total for n in seen] for name, run in runs.items()}
    rows = [
        (
            name,
            milliseconds(median(times)),
            milliseconds(mean(times)),
            f"{median(whole[BASELINE]) / median(times):.1f}×",
            f"{mean(whole[BASELINE]) / mean(times):.1f}×",
            f"{runs[name].peak:.0f} MB",
        )
        for name, times in whole.items()
    ]
    head = (
        "pipeline",
        "median",
        "mean",
        "median, article's by it",
        "mean, likewise",
        "peak memory",
    )
    return (
        f"{len(seen)} readings of {len(probes)} photos with a face.\n\n"
        f"{table(head, rows)}\n\nMedians by stage:\n\n{_stages(runs, seen)}"
    )


def _stages(runs: dict[str, Run], seen: list[int]) -> str:
    rows = []
    for name, run in runs.items():
        own = [median(run.readings[n].seconds[stage] for n in seen) for stage in STAGES]
        per_face = median(
            run.readings[n].seconds["embed"] / len(run.readings[n].embeddings) for n in seen
        )
        rows.append((name, *map(milliseconds, own), milliseconds(per_face)))
    return table(("pipeline", *STAGES, "embed, a face"), rows)
