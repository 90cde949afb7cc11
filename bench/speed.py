"""How long a photo takes, stage by stage, beside the article's way."""

from pathlib import Path
from statistics import mean, median

from bench.photos import Probe
from bench.pipelines import BASELINE
from bench.readings import Run, take_turns
from bench.section import Section, bars, milliseconds, table

STAGES = ("decode", "detect", "embed")


def speed(probes: list[Probe], rounds: int, dlib_blas: Path | None) -> Section:
    """Tables of the time from bytes to embeddings over photos in which each pipeline sees a face.

    Args:
        probes: the photos.
        rounds: how often each is read.
        dlib_blas: see `take_turns`.
    """
    runs = take_turns(probes * rounds, dlib_blas=dlib_blas)
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
    stages = {
        name: {stage: median(run.readings[n].seconds[stage] for n in seen) for stage in STAGES}
        for name, run in runs.items()
    }
    in_milliseconds = {
        name: {stage: 1000 * seconds for stage, seconds in own.items()}
        for name, own in stages.items()
    }
    return Section(
        f"{len(seen)} readings of {len(probes)} photos with a face.\n\n"
        f"{table(head, rows)}\n\nMedians by stage:\n\n{_by_stage(runs, seen, stages)}",
        {"speed": bars("Photo to embeddings, medians", "ms", in_milliseconds, stacked=True)},
    )


def _by_stage(runs: dict[str, Run], seen: list[int], stages: dict[str, dict[str, float]]) -> str:
    rows = []
    for name, own in stages.items():
        readings = [runs[name].readings[n] for n in seen]
        faces = [each.seconds["embed"] / len(each.embeddings) for each in readings]
        chips = [face / each.views for face, each in zip(faces, readings, strict=True)]
        medians = (*own.values(), median(faces), median(chips))
        rows.append((name, *map(milliseconds, medians)))
    return table(("pipeline", *STAGES, "embed, a face", "embed, a chip"), rows)
