"""The amount of work of each row: the full amount, or a small one for a trial."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Amounts of work.

    Attributes:
        image_size: In pixels.
        photos: Photos of the ``efficientnet_lite0`` rows; all if ``None``.
        resnet_photos: Photos of the frozen ``resnet50``.
        tail_photos: Photos of the ``efficientnet_lite0`` whose last two stages train.
        tail_resnet_photos: Photos of the ``resnet50`` whose last two stages train.
        best_photos: Photos where everything trains, to compare accuracies.
        frozen_epochs: Epochs on a frozen base.
        tail_epochs: Epochs of the last two stages.
        best_epochs: Epochs in which everything trains, to compare accuracies.
        peer_epochs: Epochs that slow peers run, if they need not run all.
        step_photos: Photos for timing steps, in batches of 32, two epochs.
        resnet_step_photos: The same for the ``resnet50``.
        predict_photos: Files to classify.
        counts: Numbers of photos to see how cost grows.
        memory_photos: Photos whose features should fit into little memory.
        memory_image_size: In pixels; it does not affect the number of features.
        drawn_per_class: Photos per class if leaves are drawn.
        repeats: Number of repeats.
        peer_repeats: Number of repeats for slow peers, each with several epochs.
    """

    image_size: int = 224
    photos: int | None = None
    resnet_photos: int = 700
    tail_photos: int = 1200
    tail_resnet_photos: int = 400
    best_photos: int = 1000
    frozen_epochs: int = 10
    tail_epochs: int = 5
    best_epochs: int = 3
    peer_epochs: int = 4
    step_photos: int = 384
    resnet_step_photos: int = 192
    predict_photos: int = 2000
    counts: tuple[int, ...] = (500, 1000, 2000, 4000, 8000)
    memory_photos: int = 40_000
    memory_image_size: int = 64
    drawn_per_class: int = 180
    repeats: int = 3
    peer_repeats: int = 1

    def in_full(self) -> Scale:
        """Return the scale with all epochs and repeats of the slow peers."""
        return replace(self, peer_epochs=self.frozen_epochs, peer_repeats=self.repeats)


TRIAL = Scale(
    image_size=64,
    photos=160,
    resnet_photos=160,
    tail_photos=160,
    tail_resnet_photos=160,
    best_photos=160,
    frozen_epochs=3,
    tail_epochs=3,
    best_epochs=1,
    peer_epochs=2,
    step_photos=96,
    resnet_step_photos=96,
    predict_photos=64,
    counts=(96, 192, 384),
    memory_photos=400,
    memory_image_size=32,
    drawn_per_class=10,
    repeats=2,
)
"""A scale of two minutes per row, whose results are not meaningful."""
