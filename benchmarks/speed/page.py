"""The page of the docs: how it was measured, in prose, and the results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.speed.lines import Line
from benchmarks.speed.rows.sides import Section
from benchmarks.speed.scale import Scale

COLUMNS = ("work", "transferleaf", "compared with", "comparison", "bar", "met")

_TEMPLATE = """\
# How fast, beside plain Keras, timm and fastai

What a policy freezes is a pure function of the photo, so it runs once per photo in a compiled
engine, and its outputs are kept. This page is written by the script that measures what that is
worth:

    python -m benchmarks.speed --photos PlantVillage --leaves leaves.csv --page docs/benchmarks.md

{photos}. Machine: {machine}. {versions}.

{table}
"First run" begins with an empty store; "second run" is a new process that finds the first one's
store. Times are medians of {repeats}, with the range in brackets. They run from opening the photos
to the end of training with all validation, without imports and without building the model; making
the engine is part of a first run. The machine may be shared, and TensorFlow may use one core of two
for whole epochs: a comparison holds as far as the range of epochs beside it lets it. "Yes" and "no"
compare the exact figures, not the rounded ones.

## How each is run

Each measurement is a process of its own, and the contenders take turns. Photos, split and backbone
weights are the same for all; `resnet50` has random weights, which take as long as real ones. The
split is by leaf, 60/20/20; accuracy is on the photos of the leaves that nobody trained on.

- **transferleaf**: `TransferClassifier(...).fit(train, validation_data=val)`, nothing else set. On
  a frozen base its head is solved, so there are no epochs to count.
- **plain Keras**: as in Keras' guide to transfer learning: `image_dataset_from_directory`, cached
  in memory and prefetched, the base called in inference mode, global average pooling, dropout, a
  dense layer, Adam. Where stages train, the same layers train as in transferleaf.
- **timm**: a `DataLoader` with two workers, the frozen network in the channels-last layout under
  `torch.no_grad`, AdamW for the classifier.
- **fastai**: `vision_learner`, `freeze` and `fit_one_cycle`, as in its tutorial; batch norm of the
  frozen body trains, which is its default.

Peers use the batch size, 32 or 64, and plain Keras XLA or none, whichever was faster on a few
batches. Nobody augments. A peer that is not installed is reported so.

- **The engine alone** is one pass over photos that are decoded already, as a first run needs it.
- **Gradient epochs to an accuracy**: plain Keras trains everything from a random head with Adam at
  1e-4 and batch norm as Keras has it. transferleaf takes policy II, from the solved head, which is
  epoch 0. The accuracy is that on the validation photos.
- **Steps** are medians of 20 in batches of 32 after a warm-up of 4, the wait for photos included.
- **Photos to probabilities** is the time of a first call, which makes the engine too.
- **What arithmetic allows**: the last two stages of `resnet50` do 55% of its 3,856 million
  multiply-adds, so a training step takes 2.10 forward passes from photos and 1.65 from stored
  activations, which is 1.27 times faster at most where both compute equally well; 3 times is out of
  reach in float32. For `efficientnet_lite0` it is 13%, 1.26 and 0.39 passes, 3.25 times
  (`python -m benchmarks.speed.arithmetic`).
{shortened}"""

# Of another machine than the rest of the page, so that a run does not write it.
_WITHOUT_AVX512 = """
## Photos to probabilities without AVX-512

Both engines depend on what the processor can do. On 2 cores of an AMD EPYC with avx2 alone, the
same versions, photos and 2,000 files:

    python -m benchmarks.speed --photos PlantVillage --leaves leaves.csv --only predict

| network | transferleaf | plain Keras | comparison | bar | met |
| --- | --- | --- | --- | --- | --- |
| `efficientnet_lite0` | 18.5 s (18.2 to 21.3) | batch 32, no XLA: 53.8 s (53.5 to 82.0) | \
3.0 times | at least 2 times | yes |
| `resnet50` | 128 s (123 to 129) | batch 32, XLA: 194 s (175 to 202) | \
1.51 times | at least 2 times | **no** |

`resnet50` leaves little room there: in these times plain Keras under XLA does 40 thousand million
multiply-adds a second, this library 60, and NumPy's product of two matrices of 2,048 by 2,048, the
work that suits the processor best, 75 (`python -m benchmarks.speed.matrix_product`, on idle cores).
Twice plain Keras would be 80.
"""

_SHORTENED = """\
- **Ten epochs of a slow peer** are its first epoch and nine times the median of its later ones, at
  least three, all from one run: after the first they are alike. Where an accuracy is given, all
  epochs ran.
"""

_COUNTS = """
## Cost against number of photos

{table}
Memory is the peak of resident memory beyond what framework and model held before; pages of
memory-mapped files count, which the system takes back when it needs them. Beyond the number of
photos at hand, copies are made different by bytes behind the picture's end, so that the store
takes them for other photos. Three in four are to train on, the others to validate.
"""

_TRIED = """
## Settings that were tried

Photos a second in training, on a few batches.

{table}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where and on what was measured.

    Attributes:
        photos: What the photos are.
        machine: The machine.
        versions: Of everything that took part.
        scale: How much work.
    """

    photos: str
    machine: str
    versions: Mapping[str, str]
    scale: Scale


def write_page(
    sections: Iterable[Section],
    circumstances: Circumstances,
    tried: Mapping[str, Mapping[str, float]],
) -> str:
    """Write the page, as Markdown."""
    sections = list(sections)
    lines = [line for section in sections for line in section.lines]
    scale = circumstances.scale
    versions = ", ".join(f"{name} {version}" for name, version in circumstances.versions.items())
    page = _TEMPLATE.format(
        photos=circumstances.photos,
        machine=circumstances.machine,
        versions=versions,
        table=comparison_table(lines),
        repeats=scale.repeats,
        shortened=_SHORTENED if scale.peer_epochs < scale.frozen_epochs else "",
    )
    page += _WITHOUT_AVX512
    for detail in filter(None, (section.detail for section in sections)):
        page += _COUNTS.format(table=detail)
    if tried:
        page += _TRIED.format(table=_tried_table(tried))
    return page


def comparison_table(lines: Iterable[Line]) -> str:
    """Lines as a table in Markdown.

    >>> print(comparison_table([Line(work="fit", ours="1 s", other="peer: 2 s")]), end="")
    | work | transferleaf | compared with | comparison | bar | met |
    | --- | --- | --- | --- | --- | --- |
    | fit | 1 s | peer: 2 s |  |  |  |
    """
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(line.cells() for line in lines)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def _tried_table(tried: Mapping[str, Mapping[str, float]]) -> str:
    lines = ["| contender | photos a second |", "| --- | --- |"]
    for contender, speeds in tried.items():
        told = "; ".join(f"{settings}: {speed:.1f}" for settings, speed in speeds.items())
        lines.append(f"| {contender} | {told} |")
    return "\n".join(lines) + "\n"
