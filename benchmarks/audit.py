"""Measure which planted defects the audit finds, and its speed, next to cleanvision and cleanlab.

    python -m benchmarks.audit PHOTOS --leaves leaves.csv --foreign FOLDER \\
        --peer-python peers/bin/python --many 50000

PHOTOS is a folder of class folders. By default, leaves are drawn. The peers run in a separate
environment (pip install cleanvision cleanlab). Peers and photos that are not given are reported as
missing. Prints tables and writes the page docs/audit.md.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import typer
from PIL import Image
from rich.console import Console

import transferleaf as tl
from benchmarks.engines import machine
from benchmarks.planted_defects import ALIKE, CUT, EQUAL, KINDS, plant
from transferleaf.auditing.label_errors import doubtful_labels
from transferleaf.auditing.outliers import find_outliers
from transferleaf.datasets import Audit, audit, draw_leaves

WRONG_LABELS = 0.05
FOREIGN = 30

CLEANVISION = """
import contextlib, json, sys, time
from importlib.metadata import version
with contextlib.redirect_stdout(sys.stderr):
    from cleanvision import Imagelab
    began = time.perf_counter()
    lab = Imagelab(data_path=sys.argv[1])
    lab.find_issues()
    seconds = time.perf_counter() - began
found = {c[3:-6]: lab.issues.index[lab.issues[c]].tolist()
         for c in lab.issues.columns if c.startswith("is_") and c.endswith("_issue")}
print(json.dumps({"seconds": seconds, "found": found, "version": version("cleanvision")}))
"""
CLEANLAB = """
import json, sys
import numpy as np
from cleanlab.filter import find_label_issues
given = np.load(sys.argv[1])
p = given["p"].astype(float)
p /= p.sum(axis=1, keepdims=True)
ways = ("prune_by_noise_rate", "low_self_confidence", "confident_learning")
print(json.dumps({way: find_label_issues(given["y"], p, filter_by=way, n_jobs=1,
    return_indices_ranked_by="self_confidence").tolist() for way in ways}))
"""


def names_by_check(found: Audit) -> dict[str, set[str]]:
    """Return the names of all photos in the findings of each check, also those in groups."""
    return {
        each.check: {*each.photos, *(name for group in each.groups for name in group)}
        for each in found.findings
    }


def ask_peer(python: str | None, program: str, *arguments: str) -> dict[str, Any] | str:
    """Return the JSON that a program of a peer prints, or the reason why there is none."""
    if python is None:
        return "absent"
    command = [python, "-c", program, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode:
        return "fails: " + ended.stderr.strip().splitlines()[-1][:80]
    return json.loads(ended.stdout.strip().splitlines()[-1])


def compare_times(data: tl.LeafDataset, root: Path, python: str | None, work: Path) -> str:
    """Return a table of the time for a folder without defects."""
    rows = []
    for what in ("first time", "second time, from the cache"):
        began = time.perf_counter()
        audit(data, cache=work / "facts of sound photos")
        seconds = time.perf_counter() - began
        rows.append(f"| transferleaf, {what} | {seconds:.1f} | {len(data) / seconds:.0f} |")
    peer = ask_peer(python, CLEANVISION, str(root))
    if isinstance(peer, str):
        return "\n".join([*rows, f"| cleanvision | {peer} | |"])
    seconds = peer["seconds"]
    rows.append(f"| cleanvision {peer['version']} | {seconds:.1f} | {len(data) / seconds:.0f} |")
    return "\n".join(rows)


def compare_defects(data: tl.LeafDataset, python: str | None, work: Path) -> tuple[str, str]:
    """Return a table of the findings for planted defects, and a note on the peer."""
    root = work / "planted"
    planted = plant(data, root)
    seen = tl.LeafDataset.from_folder(root, leaves=None)
    ours = names_by_check(audit(seen, cache=work / "facts"))
    theirs = ask_peer(python, CLEANVISION, str(root))
    note = ""
    if isinstance(theirs, str) and python is not None:
        note = f"With the cut files cleanvision {theirs}; it was run again without them."
        remove(root, planted[CUT])
        theirs = ask_peer(python, CLEANVISION, str(root))
    told = theirs if isinstance(theirs, str) else None
    note = f"cleanvision: {told}." if told else note
    peers = {} if isinstance(theirs, str) else relative(theirs["found"], root)
    every = set().union(*planted.values())
    rows = []
    for kind, (_, own, foreign) in KINDS.items():
        names = planted[kind]
        counts = [len(names & union(ours, own)), len(names & union(peers, foreign))]
        others = [len(union(ours, own) - every), len(union(peers, foreign) - every)]
        # For a pair of copies, the finding also contains the original.
        cells = [*counts, *("" if own & (ALIKE | EQUAL) else other for other in others)]
        if told or not foreign:
            cells[1::2] = ["" if told else "no such check", ""]
        rows.append(f"| {kind} | {len(names)} | {' | '.join(map(str, cells))} |")
    return "\n".join(rows), note


def remove(root: Path, names: set[str]) -> int:
    """Remove some files, and return their number."""
    for name in names:
        (root / name).unlink()
    return len(names)


def union(found: dict[str, set[str]], checks: set[str]) -> set[str]:
    return set().union(*(found.get(check, set()) for check in checks))


def relative(found: dict[str, list[str]], root: Path) -> dict[str, set[str]]:
    return {
        issue: {Path(path).resolve().relative_to(root.resolve()).as_posix() for path in paths}
        for issue, paths in found.items()
    }


def compare_labels(
    data: tl.LeafDataset, python: str | None, cache: Path, work: Path
) -> tuple[str, int]:
    """Return a table of how many changed and unchanged labels are found."""
    untouched = tl.feature_evidence(data, cache=cache)
    named = len(doubtful_labels(data.labels, untouched.probabilities))
    rng = np.random.default_rng(0)
    wrong = rng.choice(len(data), round(WRONG_LABELS * len(data)), replace=False)
    labels = data.labels.copy()
    labels[wrong] += rng.integers(1, len(data.classes), len(wrong))
    labels %= len(data.classes)
    guesses = tl.feature_evidence(replace(data, labels=labels), cache=cache).probabilities
    found = {"transferleaf": [doubt.photo for doubt in doubtful_labels(labels, guesses)]}
    np.savez(work / "guesses.npz", y=labels, p=guesses)
    peer = ask_peer(python, CLEANLAB, str(work / "guesses.npz"))
    rows = []
    if isinstance(peer, str):
        rows = [f"| cleanlab | {peer} | | | |"]
    else:
        found |= {f"cleanlab, {way}": photos for way, photos in peer.items()}
    for who, photos in found.items():
        hits = len(set(photos) & set(wrong.tolist()))
        shares = f"{hits / max(1, len(photos)):.0%} | {hits / len(wrong):.0%}"
        rows.append(f"| {who} | {len(photos)} | {hits} of {len(wrong)} | {shares} |")
    return "\n".join(rows), named


def measure_outliers(data: tl.LeafDataset, foreign: Path | None, cache: Path) -> str:
    """Return a table of how many foreign photos are found among leaves."""
    plain = find_outliers(data, tl.feature_evidence(data, cache=cache))
    alarms = plain[0].count if plain else 0
    rows = [f"| none | {alarms} of {len(data)} ({alarms / len(data):.2%}) | |"]
    if foreign is None:
        return "\n".join([*rows, "| not given | | |"])
    rng = np.random.default_rng(0)
    paths = sorted(path for path in foreign.rglob("*") if path.is_file())
    chosen = [paths[row] for row in rng.choice(len(paths), FOREIGN, replace=False)]
    mixed = replace(
        data,
        paths=(*data.paths, *chosen),
        labels=np.concatenate([data.labels, rng.integers(0, len(data.classes), FOREIGN)]),
        leaves=(*data.leaves, *[None] * FOREIGN),
        names=(*data.names, *(f"foreign/{path.name}" for path in chosen)),
    )
    found = find_outliers(mixed, tl.feature_evidence(mixed, cache=cache))
    named = found[0].photos if found else ()
    hits = sum(name.startswith("foreign/") for name in named)
    others = len(named) - hits
    rows.append(
        f"| {FOREIGN} photos of another kind | {others} of {len(data)} "
        f"({others / len(data):.2%}) | {hits} of {FOREIGN} |"
    )
    return "\n".join(rows)


def measure_many(photos: int, work: Path) -> str:
    """Return a sentence on the time for many small photos."""
    drawn = draw_leaves(work / "drawn", photos_per_class=8, image_size=256)
    sources = sorted(drawn.glob("*/*.jpg"))
    pixels = [tl.datasets.read_photo(path) for path in sources]
    rng = np.random.default_rng(0)
    for number in range(photos):
        row = number % len(sources)
        # Shifted and with other brightness, so that each file has other facts.
        shifted = np.roll(pixels[row], rng.integers(0, 256, 2), axis=(0, 1))
        lit = (shifted * rng.uniform(0.7, 1.0)).astype(np.uint8)
        target = work / "many" / sources[row].parent.name / f"{number:06}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(lit).save(target, quality=85)
    data = tl.LeafDataset.from_folder(work / "many", leaves=None)
    began = time.perf_counter()
    audit(data, cache=work / "facts of many")
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return (
        f"{photos:,} photos of 256 px took {seconds:.0f} s, {photos / seconds:.0f} per second; the "
        f"process used at most {peak:.1f} GB, including libraries."
    )


def main(
    photos: Annotated[Path | None, typer.Argument(help="Class folders; drawn if absent.")] = None,
    leaves: Annotated[Path | None, typer.Option(help="CSV file of leaf ids.")] = None,
    foreign: Annotated[Path | None, typer.Option(help="Photos that show no leaves.")] = None,
    peer_python: Annotated[
        str | None, typer.Option(help="Python with cleanvision and cleanlab.")
    ] = None,
    many: Annotated[int, typer.Option(help="So many photos at once, 0 for none.")] = 0,
    output: Annotated[Path, typer.Option(help="The page to write.")] = Path("docs/audit.md"),
    cache: Annotated[Path | None, typer.Option(help="Keeps features between runs.")] = None,
) -> None:
    """Plant defects, wrong labels and foreign photos, and count what is found."""
    described = machine()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source = photos or draw_leaves(work / "leaves", photos_per_class=100)
        data = tl.LeafDataset.from_folder(source, leaves=leaves or "auto")
        # First, because peak memory includes everything before.
        crowd = measure_many(many, work) if many else "Not measured; --many 50000 does."
        console.print(crowd)
        times = compare_times(data, source, peer_python, work)
        defects, note = compare_defects(data, peer_python, work)
        console.print(times, defects, note, sep="\n", markup=False)
        store = cache or work / "store"
        labels, named = compare_labels(data, peer_python, store, work)
        console.print(labels, markup=False)
        outliers = measure_outliers(data, foreign, store)
        console.print(outliers, markup=False)
    page = PAGE.format(
        machine=described,
        photos=f"{len(data):,} photos in {len(data.classes)} classes"
        + (f", of {photos.name}" if photos else ", drawn"),
        times=times,
        defects=defects,
        note=note,
        labels=labels,
        named=named,
        outliers=outliers,
        many=crowd,
    )
    output.write_text(page, encoding="utf-8")
    console.print(f"{output} written")


PAGE = """\
# Quality and speed of the audit

<!-- Written by benchmarks/audit.py, prose included; change it there. -->

    python -m benchmarks.audit PHOTOS --leaves leaves.csv --foreign FOLDER \\
        --peer-python peers/bin/python --many 50000

{machine}

Measured on {photos}. cleanvision and cleanlab run in a separate environment.

## Time

The time from the files to all findings, except those that need features of a network. Each library
uses its default number of workers.

| | seconds | photos per second |
|---|---|---|
{times}

{many}

## Planted defects

Some photos were replaced by defective ones, and copies of others were added: blurred with a radius
of 3 to 10 pixels, darkened to 3 to 15 % of the brightness, or over-exposed to 2 to 8 % of the
contrast. The table counts the photos that each library finds with the correct reason. "Others" are
further photos with the same finding. Such a finding can be correct. {note}

| planted | number | transferleaf | cleanvision | others, transferleaf | others, cleanvision |
|---|---|---|---|---|---|
{defects}

## Wrong labels

One label in twenty was replaced by another class at random. The features are those of a frozen
EfficientNet-Lite0, and the predictions come from a head trained on other leaves. Both libraries use
the same predictions.

| | found | changed among them | precision | recall |
|---|---|---|---|---|
{labels}

With the published labels, {named} photos are found. They can be wrong labels or hard photos.

The number of photos found is the sum of the off-diagonal counts of the confident joint. They are
the photos with the lowest probability of their label. Cleanlab calls this `low_self_confidence`;
its default is `prune_by_noise_rate`. The library has its own implementation, because cleanlab (2.9,
Apache-2.0) requires pandas, scikit-learn and SciPy.

## Photos without leaves

Other photos were added with random labels. The distance of a photo is its Mahalanobis distance to
the nearest class, in each of the last three stages.

| added | leaves found | other photos found |
|---|---|---|
{outliers}

Stages, directions and threshold were chosen on PlantVillage and on field photos, with photos of
steel as the other photos. On other data, the results are probably worse. Leaves on a busy
background vary more, so other photos are harder to find, especially if there are many.
"""


if __name__ == "__main__":
    typer.run(main)
