"""The page on speed: methods and results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.markdown import markdown_table
from benchmarks.speed.lines import Line
from benchmarks.speed.rows.sides import Section
from benchmarks.speed.scale import Scale

COLUMNS = ("work", "transferleaf", "compared with", "comparison", "bar", "met")

_TEMPLATE = """\
# Speed compared with plain Keras, timm and fastai

Frozen layers give the same output for the same photo. So `transferleaf` runs them once per photo on
a compiled engine and stores the outputs. This page measures how much time that saves. The benchmark
writes it:

    python -m benchmarks.speed --photos PlantVillage --leaves leaves.csv --page docs/benchmarks.md

{photos}. Machine: {machine}. {versions}.

{table} "First run" starts with an empty feature store. "Second run" is a new process that uses the
store of the first. Times are medians of {repeats}, with the range in brackets. They run from
opening the photos to the end of training, including validation. They do not include imports and
building the model. A first run includes compiling the engine. The machine may be shared, and
TensorFlow sometimes uses only one of the two cores, so consider the ranges when you compare. "Met"
compares exact numbers, not rounded ones.

## Setup

Each measurement runs in a new process, and the libraries take turns. All use the same photos, the
same split and the same backbone weights. `resnet50` has random weights, which does not change its
speed. The split is by leaf, 60/20/20, and accuracy is measured on the test leaves.

- **transferleaf**: `TransferClassifier(...).fit(train, validation_data=val)` with default
  arguments. With a frozen base, the head is solved, so there are no epochs.
- **plain Keras**: as in the transfer-learning guide of Keras: `image_dataset_from_directory`,
  cached in memory and prefetched, the base in inference mode, global average pooling, dropout, a
  dense layer, and Adam. If stages train, the same layers train as in transferleaf.
- **timm**: a `DataLoader` with two workers, the frozen network in the channels-last layout under
  `torch.no_grad`, AdamW for the classifier.
- **fastai**: `vision_learner`, `freeze` and `fit_one_cycle`, as in its tutorial. By default, the
  batch norms of the frozen body train.

The other libraries use a batch size of 32 or 64, and plain Keras also XLA or not, whichever is
faster on a few batches. There is no augmentation. The table says if a library is not installed.

- **The engine alone** is one pass over decoded photos, as a first run needs it.
- **Gradient epochs to an accuracy**: plain Keras trains all layers from a random head with Adam, a
  learning rate of 1e-4, and the batch norm of Keras. transferleaf uses policy II from the solved
  head, which is epoch 0. The accuracy is that on the validation photos.
- **Steps** are medians of 20 in batches of 32 after 4 warm-up steps, including the wait for photos.
- **Photos to probabilities** is the time of the first call, which includes compiling the engine.
- **Theoretical limit**: the last two stages of `resnet50` do 55% of its 3,856 million
  multiply-adds. A training step takes 2.10 forward passes from photos and 1.65 from stored
  activations, so it can be at most 1.27 times faster at equal throughput. A factor of 3 is
  impossible in float32. For `efficientnet_lite0`, the values are 13%, 1.26 and 0.39 passes, and
  3.25 times (`python -m benchmarks.speed.arithmetic`).
{shortened}"""

# From another machine, so a run does not write it.
_WITHOUT_AVX512 = """
## Photos to probabilities without AVX-512

The speed of both engines depends on the processor. On 2 cores of an AMD EPYC with only avx2, with
the same versions and 2,000 of the same photos:

    python -m benchmarks.speed --photos PlantVillage --leaves leaves.csv --only predict

| network | transferleaf | plain Keras | comparison | bar | met |
| --- | --- | --- | --- | --- | --- |
| `efficientnet_lite0` | 18.5 s (18.2 to 21.3) | batch 32, no XLA: 53.8 s (53.5 to 82.0) | \
3.0 times | at least 2 times | yes |
| `resnet50` | 128 s (123 to 129) | batch 32, XLA: 194 s (175 to 202) | \
1.51 times | at least 2 times | **no** |

For `resnet50`, twice the speed is not possible on this processor. Plain Keras with XLA does 40
billion multiply-adds per second, this library 60, and NumPy's product of two 2,048 x 2,048 matrices
75 (`python -m benchmarks.speed.matrix_product`, on idle cores). Twice plain Keras would be 80.
"""

_SHORTENED = """\
- **Ten epochs of a slow library** are its first epoch plus nine times the median of at least three
  later epochs of the same run, because epochs after the first take the same time. If an accuracy is
  given, all epochs ran.
"""

_COUNTS = """
## Time and memory by number of photos

{table} Memory is the peak of the resident memory minus the memory of framework and model. It
includes memory-mapped files, whose pages the system can reclaim. Counts above the number of
available photos use copies with different bytes after the end of the image, so the store treats
them as other photos. Three quarters are for training, one quarter for validation.
"""

_TRIED = """
## Settings of the other libraries

Photos per second in training, on a few batches.

{table}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """The setup of the measurements.

    Attributes:
        photos: Description of the photos.
        machine: The machine.
        versions: Versions of all packages.
        scale: The amount of work.
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
    """Write the page as Markdown."""
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
    """Return lines as a Markdown table.

    >>> print(comparison_table([Line(work="fit", ours="1 s", other="peer: 2 s")]), end="")
    | work | transferleaf | compared with | comparison | bar | met |
    | --- | --- | --- | --- | --- | --- |
    | fit | 1 s | peer: 2 s |  |  |  |
    """
    return markdown_table(COLUMNS, (line.cells() for line in lines)) + "\n"


def _tried_table(tried: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        [contender, "; ".join(f"{settings}: {speed:.1f}" for settings, speed in speeds.items())]
        for contender, speeds in tried.items()
    ]
    return markdown_table(["contender", "photos per second"], rows) + "\n"
